"""Read what was handed out: the words of a PDF."""

from __future__ import annotations

import re
import zlib

OBJECT = re.compile(rb"(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
STREAM = re.compile(rb"stream\n(.*)\nendstream", re.DOTALL)
SHOWN = re.compile(rb"/F(\d+) [\d.]+ Tf|\(((?:\\.|[^\\)])*)\) Tj|( Td)", re.DOTALL)
ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
PLAIN = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def words_of(pdf: bytes) -> str:
    """Return the text of a PDF as its own table of characters reads it, a line for each piece of text."""
    objects = {int(number): body for number, body in OBJECT.findall(pdf)}
    whole = b"\n".join(objects.values())
    fonts = {int(name): objects[int(number)] for name, number in re.findall(rb"/F(\d+) (\d+) 0 R", whole)}
    tables = {
        name: _table(_content(objects[int(found[1])]))
        for name, font in fonts.items()
        if (found := re.search(rb"/ToUnicode (\d+) 0 R", font))
    }
    pages = [objects[int(number)] for number in re.findall(rb"/Contents (\d+) 0 R", whole)]
    return "".join(_text(_content(page), tables) for page in pages)


def _content(body: bytes) -> bytes:
    found = STREAM.search(body)
    assert found is not None
    return zlib.decompress(found[1]) if b"/FlateDecode" in body[: found.start()] else found[1]


def _table(cmap: bytes) -> dict[int, str]:
    pairs = re.findall(rb"^<([0-9A-F]{4})> <([0-9A-F]+)>$", cmap, re.MULTILINE)
    return {int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be", "replace") for code, text in pairs}


def _text(content: bytes, tables: dict[int, dict[int, str]]) -> str:
    parts, table = [], {}
    for font, shown, moved in SHOWN.findall(content):
        if font:
            table = tables.get(int(font), {})
        elif moved:
            parts.append("\n")
        else:
            raw = ESCAPED.sub(lambda found: PLAIN.get(found[1], found[1]), shown)
            parts += [table.get(int.from_bytes(raw[at : at + 2]), "") for at in range(0, len(raw), 2)]
    return "".join(parts)
