"""What a record says, in words: the log keeps it as a machine wrote it, its owner reads labels and local times."""

from __future__ import annotations

import json
import re
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

LABELS = {
    "amount": pgettext_lazy("record", "Points"), "at": pgettext_lazy("record", "Time"),
    "by": pgettext_lazy("record", "Done by"), "credit": pgettext_lazy("record", "To"),
    "debit": pgettext_lazy("record", "From"), "expires_on": pgettext_lazy("record", "Valid until"),
    "flags": pgettext_lazy("record", "Marks"), "fund": pgettext_lazy("record", "Fund"),
    "id": pgettext_lazy("record", "Mark of identity"), "kind": pgettext_lazy("record", "Kind"),
    "number": pgettext_lazy("record", "Number"), "pending_id": pgettext_lazy("record", "Belongs to the reservation"),
    "reason": pgettext_lazy("record", "Reason"), "reference": pgettext_lazy("record", "Refers to"),
    "timeout_minutes": pgettext_lazy("record", "Reserved for (minutes)"), "title": pgettext_lazy("record", "Title"),
    "applicant": pgettext_lazy("record", "Applicant"), "ballot": pgettext_lazy("record", "Ballot"),
    "for": pgettext_lazy("record", "In place of"), "note": pgettext_lazy("record", "Note"),
    "outcome": pgettext_lazy("record", "Outcome"), "policy": pgettext_lazy("record", "Policy"),
    "round": pgettext_lazy("record", "Round"), "step": pgettext_lazy("record", "Step"),
    "subject": pgettext_lazy("record", "About"), "verb": pgettext_lazy("record", "Verb"),
    "contest": pgettext_lazy("record", "Contest"), "judge": pgettext_lazy("record", "Judge"),
    "marks": pgettext_lazy("record", "Given marks"), "version": pgettext_lazy("record", "Version"),
    "result": pgettext_lazy("record", "Result"), "code": pgettext_lazy("record", "Code"),
    "opened": pgettext_lazy("record", "Opened"),
}  # fmt: skip
ACCOUNTS = {"wallet": _("wallet of %(code)s"), "budget": _("budget of %(code)s")}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z\Z")


def worded(record: bytes | memoryview | None) -> list[tuple[str, str]]:
    """Return (label, text) of each field that says something, in the record's order; nested values as JSON."""
    if record is None:
        return []
    read = json.loads(bytes(record))
    pairs = read.items() if isinstance(read, dict) else [("", read)]
    said = [(name, value) for name, value in pairs if value not in (None, "", [], {}, 0)]
    return [(str(LABELS.get(name, name)), _text(value)) for name, value in said]


def _text(value: object) -> str:
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if MOMENT.match(value):
        return f"{timezone.localtime(datetime.fromisoformat(value)):%Y-%m-%d %H:%M:%S}"
    kind, _colon, code = value.partition(":")
    return ACCOUNTS[kind] % {"code": code} if code and kind in ACCOUNTS else value
