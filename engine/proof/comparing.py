"""Hold kept checkpoints and proofs against today's log: does it continue them, what is new, and where is it another."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db.models import Count
from django.utils.translation import gettext as _

from engine.proof import domain, keys
from engine.proof.models import Leaf, Node
from engine.proof.pure import checkpoint as checkpoints
from engine.proof.pure import merkle, tlog_proof
from engine.proof.pure import note as notes
from engine.proof.pure.compare import Fact, first_difference, spans

SAME, CONTINUED, REWRITTEN, CUT, DAMAGED = "same", "continued", "rewritten", "cut", "damaged"
MOST = 20


class NotKept(ValidationError):
    """The text is no checkpoint and no proof of this log."""


@dataclass(frozen=True)
class Paper:
    """One kept paper: its checkpoint, who signed it, what today's log says to it."""

    size: int
    root: bytes
    signers: list[str]
    verdict: str
    index: int | None = None  # of the leaf, when it is a proof
    facts: list[Fact] = field(default_factory=list)


@dataclass(frozen=True)
class Comparison:
    """All papers together: `since` is the size of the newest one today's log continues, `kinds` what came after it."""

    papers: list[Paper]
    size: int
    since: int
    kinds: list[tuple[str, int]]
    difference: tuple[int, int] | None  # the first leaf that differs is one of these, inclusive
    missing: tuple[int, int] | None  # leaves that were cut off, inclusive

    @property
    def is_consistent(self) -> bool:
        """Whether today's log continues every paper."""
        return all(paper.verdict in {SAME, CONTINUED} for paper in self.papers)


def compare(texts: Sequence[str]) -> Comparison:
    """Compare kept papers (checkpoints as signed notes, or `.tlog-proof` files) with the log as it stands.

    Raises:
        NotKept: there is none, or one of them is no paper of this log (not signed by it, or not readable).
    """
    wanted = [text.replace("\r\n", "\n").lstrip("\ufeff\n ") for text in texts if text.strip()][:MOST]
    if not wanted:
        raise NotKept(_("Paste a checkpoint you kept, or choose its file."), code="nothing")
    newest = domain.latest()
    size = newest.size if newest else 0
    papers = [_paper(text if text.endswith("\n") else f"{text}\n", size) for text in wanted]
    since = max((paper.size for paper in papers if paper.verdict in {SAME, CONTINUED}), default=0)
    rows = Leaf.objects.filter(index__gte=since, index__lt=size).order_by("kind").values_list("kind")
    facts = [fact for paper in papers for fact in paper.facts]
    cut = max((paper.size for paper in papers if paper.verdict == CUT), default=0)
    return Comparison(
        papers=papers, size=size, since=since, kinds=[(kind, count) for kind, count in rows.annotate(Count("id"))],
        difference=first_difference(facts), missing=(size, cut - 1) if cut else None,
    )  # fmt: skip


def _paper(text: str, size: int) -> Paper:
    """Read one paper, verify its signature, look its hashes up in today's tree."""
    try:
        proof = tlog_proof.read(text) if text.startswith(tlog_proof.HEAD) else None
        note = notes.read(proof.checkpoint if proof else text)
        kept = checkpoints.read(note.text)
        signers = notes.verified(note, [keys.verifier_key(kept.origin)], keys.verify)
    except (notes.NotANote, checkpoints.NotACheckpoint) as error:
        refusal = _("This is no checkpoint and no proof of this log: %(why)s.")
        raise NotKept(refusal, code="not-kept", params={"why": error}) from error
    if not signers:
        raise NotKept(_("This checkpoint is not signed by this log."), code="not-ours")
    witnesses = [line.name for line in note.signatures if line.name != kept.origin]
    index = proof.index if proof else None
    if kept.size > size:
        return Paper(kept.size, kept.root, witnesses, CUT, index)
    try:
        facts = _facts(kept, proof)
    except Node.DoesNotExist:
        return Paper(kept.size, kept.root, witnesses, DAMAGED, index)
    is_same = kept.size == 0 or facts[0].is_same
    verdict = REWRITTEN if not is_same else SAME if kept.size == size else CONTINUED
    return Paper(kept.size, kept.root, witnesses, verdict, index, facts)


def _facts(kept: checkpoints.Checkpoint, proof: tlog_proof.LogProof | None) -> list[Fact]:
    """Return what a paper says, each held against today's tree: the root first, then a proof's leaf and its siblings."""
    claims = [(0, kept.size, kept.root)] if kept.size else []
    if proof is not None and proof.extra:
        leaf = merkle.leaf_hash(hashlib.sha256(proof.extra).digest())
        if not merkle.verify_inclusion(proof.index, kept.size, leaf, proof.hashes, kept.root):
            claims.append((proof.index, proof.index + 1, leaf))
            places = spans(proof.index, kept.size)
            claims += [(*place, value) for place, value in zip(places, proof.hashes, strict=True)]
    return [Fact(start, end, merkle.subtree(start, end, domain.node) == value) for start, end, value in claims]
