"""What operations take and answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Field, Schema

from contests.domain import marking


class SheetRowOut(Schema):
    """One of my sheets."""

    sheet_id: int
    contest_code: str
    title: str
    place: str
    state: str
    state_label: str
    version: int
    marked: int
    total: int
    signed_at: datetime | None


class PadEntryOut(Schema):
    """A contestant; name and unit are empty while the contest is blind. `is_recused`: this judge gives no mark."""

    code: str
    name: str
    unit: str
    start_order: int
    status: str
    is_recused: bool


class PadAspectOut(Schema):
    """What is marked, with the grid of its marks."""

    code: str
    title: str
    group: str
    kind: str
    minimum: str
    maximum: str
    step: str
    is_committed: bool
    levels: list[str]
    pictures: dict[str, str]


class PadMarkOut(Schema):
    """A mark the server holds; null after it was cleared."""

    entry: str
    aspect: str
    value: str | None
    version: int


class ShownOut(Schema):
    """The marks of one worldskills aspect of one entry, shown to its judges at once: judge's code → mark."""

    entry: str
    aspect: str
    turn: int
    marks: dict[str, int]
    spread: int
    is_again: bool
    reason: str


class RoundOut(Schema):
    """Where signatures stand: of the panel's sheets while judging lasts, then of the round. `link` is where this judge signs."""

    signed_sheets: int
    sheets: int
    state: str
    signed: list[str]
    asked: list[str]
    reason: str
    link: str


class PadOut(Schema):
    """A sheet with everything needed to mark it offline. `digest` is of the marks the server holds: what is signed."""

    sheet_id: int
    contest_code: str
    title: str
    judge: str
    judge_code: str
    role: str
    is_leader: bool
    state: str
    version: int
    digest: str
    entries: list[PadEntryOut]
    aspects: list[PadAspectOut]
    marks: list[PadMarkOut]
    shown: list[ShownOut]
    given_before: list[tuple[str, str]]
    groups: dict[str, str]
    reopened: str
    signed_at: str
    round: RoundOut | None


class PresenceIn(Schema):
    """What a tablet says of itself."""

    device: str = Field(min_length=1, max_length=64)
    unsent: int = Field(ge=0)


class PresenceOut(Schema):
    """Where the sheet and, once it is signed, the panel's signatures stand; what has been shown of its worldskills aspects."""

    state: str
    version: int
    shown: list[ShownOut]
    round: RoundOut | None


class AgainIn(Schema):
    """A contested cell, and why its three marks are given again."""

    entry: str
    aspect: str
    reason: str


class OpIn(Schema):
    """One operation. `value` is a decimal as text (a JSON number would be a binary float), null clears the mark."""

    op_id: str
    entry: str
    aspect: str
    value: Any = None
    base_version: Any = 0
    device: str = ""
    at: str = ""


class OpsIn(Schema):
    """At most 50 operations, in their order."""

    ops: list[OpIn] = Field(min_length=1, max_length=marking.MOST_OPERATIONS)


class AnswerOut(Schema):
    """ok · conflict · locked · invalid, with what the server holds now and why."""

    op_id: str
    answer: str
    entry: str
    aspect: str
    value: str | None
    version: int
    code: str
    reason: str


class AnswersOut(Schema):
    """One answer for each operation, in their order, and where the sheet stands."""

    answers: list[AnswerOut]
    state: str
    version: int


class SignOffIn(Schema):
    """What the judge saw: the sheet's version and, if the tablet can compute it, its digest."""

    version: int
    digest: str = ""
    signature: str = ""


class SignedOut(Schema):
    """A signed sheet."""

    sheet_id: int
    state: str
    version: int
    digest: str
    signed_at: datetime | None
    round: RoundOut | None


class BundleIn(Schema):
    """A contest bundle: file name → content in base64."""

    files: dict[str, str]
    replace: bool = False


class BundleOut(Schema):
    """A contest bundle: file name → content in base64."""

    code: str
    files: dict[str, str]


class ImportedOut(Schema):
    """The contest a bundle became."""

    code: str
    state: str
    entries: int
    marks: int


class FaultOut(Schema):
    """One fault of a bundle."""

    file: str
    line: int
    column: int
    field: str
    expected: str
    found: str | None


class FaultsOut(Schema):
    """Every fault of a bundle, or why the request was refused; nothing was stored."""

    code: str
    message: str
    faults: list[FaultOut] = []
    fields: dict[str, Any] = {}
