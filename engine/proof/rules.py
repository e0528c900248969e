"""Who may read what a leaf says. Its hash, its place and its proof are for everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import rules
from django.utils.functional import Promise

from engine.proof.models import Leaf
from people.rules import has_role, is_administrator, is_auditor, is_employee

Rights = Callable[[Any, str], bool]
SHOWN: dict[str, Rights] = {}
LABELS: dict[str, str | Promise] = {}


def shown_by(kind: str, predicate: Rights, label: str | Promise = "") -> None:
    """Register who may read the records of a kind, and its name for people.

    Args:
        kind: that of `domain.append`.
        predicate: called with the person and the leaf's key; of a kind nobody registered, nobody reads the records.
        label: what people call such a record, translated lazily.
    """
    SHOWN[kind] = predicate
    if label:
        LABELS[kind] = label


def label_of(kind: str) -> str:
    """Return the name of a kind for people; the kind itself when none was given."""
    return str(LABELS.get(kind, kind))


@rules.predicate
def is_shown(person: Any, leaf: Leaf | None) -> bool:
    """What the kind's own app says, such as: only whom the transfer belongs to."""
    return leaf is not None and leaf.kind in SHOWN and SHOWN[leaf.kind](person, leaf.key)


rules.add_perm("proof.read_record", is_employee & is_shown)
rules.add_perm("proof.audit", has_role("union_chair") | is_auditor | is_administrator)
