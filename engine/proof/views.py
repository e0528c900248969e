"""The log as anybody may read it: checkpoint, tiles, entries (salted hashes: no record can be read from them); its page, and
the receipts of those whose records they are."""

from __future__ import annotations

from typing import Any

import segno
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from engine.proof import domain, facts, keys
from engine.proof.models import Checkpoint, Leaf, Node, Witness
from engine.proof.pure import tile as tiles
from engine.proof.rules import label_of
from frontend.kit.doors import PUBLIC, SIGNED_IN, door

FOR_EVER = "public, max-age=31536000, immutable"
SHOWN = 20
MOST_QR_BYTES = 2900  # what a QR code of the largest size holds at level L, with a little left


@door(PUBLIC)
def checkpoint(request: HttpRequest) -> HttpResponse:
    """Serve the newest signed checkpoint. 2 SQL statements."""
    found = domain.latest()
    if found is None:
        raise Http404
    text = domain.note_of(found)
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-cache"})


@door(PUBLIC)
def tile(request: HttpRequest, rest: str) -> HttpResponse:
    """Serve one tile of hashes, or of entries; what is not complete is not there. 2 SQL statements."""
    try:
        wanted = tiles.read(f"tile/{rest}")
    except (tiles.NotATile, ValueError):
        raise Http404 from None
    if not tiles.exists(wanted, domain.size()):
        raise Http404
    first = wanted.number * tiles.WIDTH
    if wanted.level < 0:
        rows = Leaf.objects.filter(index__gte=first, index__lt=first + wanted.width).order_by("index")
        content = tiles.bundle([bytes(data) for data in rows.values_list("data", flat=True)])
    else:
        places = {"position__gte": first, "position__lt": first + wanted.width}
        nodes = Node.objects.filter(level=tiles.HEIGHT * wanted.level, **places).order_by("position")
        content = b"".join(bytes(value) for value in nodes.values_list("hash", flat=True))
    return HttpResponse(content, content_type="application/octet-stream", headers={"Cache-Control": FOR_EVER})


@door(SIGNED_IN)
def overview(request: HttpRequest) -> HttpResponse:
    """Show the newest checkpoint, who has signed it, how to check, and a place to drop a proof. At most 9 SQL statements."""
    rows = list(Checkpoint.objects.prefetch_related("cosignatures")[:SHOWN])
    context = {
        "key": str(keys.verifier_key()),
        "newest": rows[0] if rows else None,
        "checkpoints": rows,
        "witnesses": Witness.objects.filter(is_active=True),
        "words": checker_words(),
    }
    return render(request, "proof/overview.html", context)


@door(SIGNED_IN)
def printed(request: HttpRequest) -> HttpResponse:
    """Show the newest checkpoint as a sheet of paper to keep, with a QR code. At most 7 SQL statements."""
    found = domain.latest()
    text = domain.note_of(found) if found else ""
    context = {
        "checkpoint": found,
        "note": text,
        "key": str(keys.verifier_key()),
        "note_qr": qr(text) or qr(found.note if found else ""),
        "key_qr": qr(str(keys.verifier_key())),
    }
    return render(request, "proof/printed.html", context)


def leaf_of(request: HttpRequest, url: dict[str, Any]) -> Leaf:
    """Find the leaf an address names by kind and key; 404 without one."""
    leaf = domain.find(kind=url.pop("name"), key=url.pop("code"))
    if leaf is None:
        raise Http404
    return leaf


@door("proof.read_record", see="proof.read_record", leaf=leaf_of)
def receipt(request: HttpRequest, leaf: Leaf) -> HttpResponse:
    """Show what a record says, where it stands, and its proof as file and QR code. At most 40 SQL statements, O(log n)."""
    try:
        proof = domain.proof_of(leaf)
    except domain.NotYet:
        proof = None
    said = bytes(leaf.record).decode() if leaf.record is not None else ""
    context: dict[str, Any] = {
        "said": said,
        "leaf": leaf,
        "kind": label_of(leaf.kind),
        "proof": proof,
        "facts": facts.worded(leaf.record),
    }
    if proof is not None:
        newest = domain.latest()
        bare = domain.proof_of(leaf, newest, is_signed_by_witnesses=False)
        root = bytes(newest.root).hex() if newest else ""
        context |= {"newest": newest, "root": root, "qr": qr(str(bare)), "text": str(proof)}
    return render(request, "proof/receipt.html", context)


@door("proof.read_record", see="proof.read_record", leaf=leaf_of)
def receipt_file(request: HttpRequest, leaf: Leaf) -> HttpResponse:
    """Hand out a record's `.tlog-proof`; `?size=` under the checkpoint of that size. At most 30 SQL statements."""
    wanted = request.GET.get("size", "")
    under = None
    if wanted:
        under = Checkpoint.objects.filter(size=int(wanted[:18])).first() if wanted.isdecimal() else None
        if under is None:
            raise Http404
    return proof_file(leaf, under)


def proof_file(leaf: Leaf, under: Checkpoint | None = None) -> HttpResponse:
    """Return a record's `.tlog-proof` as a file. Raises NotYet."""
    name = "".join(char if char.isalnum() else "-" for char in f"{leaf.kind}-{leaf.key}")
    headers = {"Content-Disposition": f'attachment; filename="{name}.tlog-proof"', "Cache-Control": "private, no-store"}
    text = str(domain.proof_of(leaf, under))
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers=headers)


def qr(text: str) -> SafeString | str:
    """Return a text as a QR code, inlined SVG; '' when there is no text or no code is large enough."""
    if not text or len(text.encode()) > MOST_QR_BYTES:
        return ""
    code = segno.make_qr(text, error="l", encoding="utf-8")
    return mark_safe(code.svg_inline(omitsize=True, border=4, svgclass="qr", lineclass=None, light="#fff"))  # noqa: S308 drawn here


def checker_words() -> dict[str, str]:
    """Return the sentences of the checker that runs in the browser, in the reader's language."""
    return {
        "good": _("The proof holds: record {index} of {size} stands in the log that {name} signed."),
        "goodHash": _(
            "The proof holds for the hash of record {index} of {size}; what the record said is not in this file."
        ),
        "goodNote": _("The checkpoint is genuine: {name} signed {size} records."),
        "printed": _("It ends in the very checkpoint you typed in from paper."),
        "record": _("What the record says"),
        "signers": _("Signature lines"),
        "unknown": _("This file is neither a .tlog-proof nor a checkpoint: {why}"),
        "signature": _("The signature of the log is wrong or missing: do not believe this file."),
        "tree": _("The record is not in the tree that was signed: {why}"),
        "other": _("The proof is genuine, but it ends in another checkpoint than the one on your paper."),
        "key": _("The verifier key is damaged: copy it again from the paper."),
        "noRecord": _("The file carries no record: it was erased, or was not for the one who fetched it."),
    }
