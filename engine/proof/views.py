"""The log as anybody may read it: checkpoint, tiles, entries. Entries are salted hashes: no record can be read from them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from engine.proof import domain, keys
from engine.proof.models import Checkpoint, Leaf, Node
from engine.proof.pure import tile as tiles
from frontend.kit.doors import PUBLIC, SIGNED_IN, door

FOR_EVER = "public, max-age=31536000, immutable"
SHOWN = 20


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
    """Show what the log is, its key, and the latest checkpoints. 5 SQL statements."""
    rows = Checkpoint.objects.prefetch_related("cosignatures")[:SHOWN]
    context = {"key": str(keys.verifier_key()), "size": domain.size(), "checkpoints": rows}
    return render(request, "proof/overview.html", context)
