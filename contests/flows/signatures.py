"""Under what an approval was agreed to: every opinion with the hash of its handwriting."""

from __future__ import annotations

import hashlib

from engine.approvals.models import Approval, Ballot


def of(approval: Approval) -> list[tuple[str, str, str]]:
    """Return (step, id of the ballot, SHA-256 of its signature or '') of every approving opinion, in order. One statement."""
    given = Ballot.objects.filter(approval=approval, verb="approve").select_related("signature").order_by("position")
    return [(row.step, str(row.pk), _hash(row)) for row in given]


def _hash(row: Ballot) -> str:
    return hashlib.sha256(bytes(row.signature.png)).hexdigest() if hasattr(row, "signature") else ""
