"""The faces texts are printed in, and whether they have every character: asked before anything is printed.

The plain and the strong face are the serif cuts that come with the font `frontend.kit.pdf` found, else that font itself; what
one face lacks is written in the next one that has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from fontTools.ttLib import TTFont

from frontend.kit.pdf import font

LOW, HIGH = "₀₁₂₃₄₅₆₇₈₉", "⁰¹²³⁴⁵⁶⁷⁸⁹"  # few Chinese fonts have the low ones, and every other title says CO₂
SERIFS = {"NotoSansCJK-Regular.ttc": ("NotoSerifCJK-Regular.ttc", "NotoSerifCJK-Bold.ttc")}


@dataclass(frozen=True)
class Face:
    """A font file, its number in the collection, character → width in ems."""

    path: Path
    number: int
    widths: dict[int, float]

    def __hash__(self) -> int:
        return hash((self.path, self.number))

    def has(self, text: str) -> bool:
        """Whether every character of the text can be printed."""
        return all(ord(character) in self.widths or character.isspace() for character in text)

    def width(self, text: str) -> float:
        """Return the width in ems; a character it lacks counts one."""
        return sum(self.widths.get(ord(character), 1.0) for character in text)


def faces() -> tuple[Face, Face, Face]:
    """Return the plain, the strong and the fall-back face.

    Raises:
        ImproperlyConfigured: no font is installed.
    """
    path, number = font()
    plain, strong = SERIFS.get(path.name, ("", "")) if not settings.FONT_FILE else ("", "")
    found = [path.with_name(name) if name and path.with_name(name).is_file() else path for name in (plain, strong)]
    return _face(found[0], number), _face(found[1], number), _face(path, number)


@dataclass(frozen=True)
class Run:
    """Characters printed in one face; a small figure the faces lack is a figure `scale` as large, `shift` ems higher."""

    face: Face
    text: str
    scale: float = 1.0
    shift: float = 0.0

    @property
    def width(self) -> float:
        """Width in ems of the surrounding type."""
        return self.face.width(self.text) * self.scale


def runs(text: str, *, is_strong: bool = False) -> list[Run]:
    """Return the text as runs: the whole in one face where one has it all, else each character in the first that has it."""
    plain, strong, last = faces()
    wanted = (strong, plain, last) if is_strong else (plain, last)
    whole = next((face for face in wanted if face.has(text)), None)
    if whole is not None:
        return [Run(whole, text)]
    found: list[Run] = []
    for character in text:
        run = _run(character, wanted)
        if found and (found[-1].face, found[-1].scale, found[-1].shift) == (run.face, run.scale, run.shift):
            run = replace(run, text=found.pop().text + run.text)
        found.append(run)
    return found


def _run(character: str, wanted: Sequence[Face]) -> Run:
    face = next((face for face in wanted if face.has(character)), None)
    if face is not None:
        return Run(face, character)
    for small, scale, shift in ((LOW, 0.62, -0.14), (HIGH, 0.62, 0.34)):
        if character in small:
            return Run(wanted[0], str(small.index(character)), scale, shift)
    return Run(wanted[-1], character)


def width(text: str, *, is_strong: bool = False) -> float:
    """Return a text's width in ems, in the faces it will be printed in."""
    return sum(run.width for run in runs(text, is_strong=is_strong))


def missing(text: str) -> str:
    """Return the characters of a text that would not be printed, each once, in their order; '' when all can be."""
    return "".join(dict.fromkeys(c for run in runs(text) for c in run.text if not run.face.has(c)))


def written(text: str) -> str:
    """Return the text with small figures the faces lack as plain ones: CO₂ becomes CO2. For tables, which have one face."""
    return "".join(run.text for run in (_run(character, faces()[2:]) for character in text))


@lru_cache(maxsize=6)
def _face(path: Path, number: int) -> Face:
    is_collection = path.suffix.lower() in {".ttc", ".otc"}
    with TTFont(path, fontNumber=number if is_collection else -1, lazy=True) as file:
        em = float(file["head"].unitsPerEm)
        advances = file["hmtx"].metrics
        return Face(path, number, {code: advances[name][0] / em for code, name in file.getBestCmap().items()})
