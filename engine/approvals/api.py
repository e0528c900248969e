"""Operations of the inbox for phones' own apps and other systems (HR, OA): list, read, act."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from engine.approvals import queries
from engine.approvals.detail import Detail, detail_of
from engine.approvals.domain import approvals
from engine.approvals.models import Approval
from frontend.kit.apidoors import api_door, enter, signed_in
from people.models import Employee

router = Router(tags=["approvals"])
READ, WRITE = "approvals:read", "approvals:write"
LISTS = {
    "waiting": queries.waiting_for,
    "done": queries.done_by,
    "started": queries.started_by,
    "copied": queries.copied_to,
}
WHOLE = Approval.objects.select_related("policy", "applicant__unit", "task__process")


class FactOut(Schema):
    """Something an approver should know."""

    label: str
    value: str


class RowOut(Schema):
    """One line of a list."""

    id: int
    subject: str
    title: str
    policy: str
    applicant: str
    applicant_number: str
    status: str
    round: int
    asked_at: datetime
    due_at: datetime | None


class PageOut(Schema):
    """One page of a list."""

    rows: list[RowOut]
    page: int
    pages: int
    total: int


class FileOut(Schema):
    """Something put beside an act; fetched from the approval's page."""

    id: UUID
    name: str
    content_type: str
    size: int


class ActOut(Schema):
    """Something that was done."""

    at: datetime
    round: int
    sentence: str
    step: str
    note: str
    is_void: bool
    files: list[FileOut]


class ItemOut(RowOut):
    """An approval as one person sees it: `verbs` is what they may do now."""

    facts: list[FactOut]
    link: str
    acts: list[ActOut]
    verbs: list[str]
    returns: list[str]
    waiting: list[str]
    finished_at: datetime | None


class ListIn(Schema):
    """Which list, filtered how; 30 rows a page."""

    tab: str = Field("waiting", pattern="^(waiting|done|started|copied)$")
    q: str = Field("", max_length=60)
    policy: str = Field("", max_length=60)
    page: int = Field(1, ge=1)


class ActIn(Schema):
    """One act. The same `ballot` sent again answers with the stored outcome; another `round` now is refused (409).

    `verb` is any of the specification of approvals; the other fields belong to verbs as there, people by number.
    """

    ballot: UUID
    verb: str = Field(max_length=20)
    note: str = Field("", max_length=2000)
    round: int | None = Field(None, ge=0)
    step: str | None = Field(None, max_length=60)
    for_: str | None = Field(None, alias="for", max_length=60)
    to: str | None = Field(None, max_length=60)
    resume: str | None = Field(None, max_length=10)
    where: str | None = Field(None, max_length=10)
    mode: str | None = Field(None, max_length=10)
    people: list[str] | None = Field(None, max_length=50)
    person: str | None = Field(None, max_length=60)
    from_: str | None = Field(None, alias="from", max_length=60)
    picks: dict[str, list[str]] | None = None

    def action(self) -> dict[str, Any]:
        """Return the act as the core takes it; a return goes to the applicant unless it says where."""
        given = {name.rstrip("_"): getattr(self, name) for name in OF_VERBS}
        fields = {name: value for name, value in given.items() if value is not None and value != ""} | {"do": self.verb}
        return {"to": "applicant"} | fields if self.verb == "return" else fields


OF_VERBS = ("note", "round", "step", "for_", "to", "resume", "where", "mode", "people", "person", "from_", "picks")


@router.get("", response=PageOut, auth=signed_in(READ))
@api_door("approvals.use_inbox", on_object=False)
def inbox(request: HttpRequest, wanted: Query[ListIn]) -> dict[str, Any]:
    """List what waits for me, what I did, what I asked for, what was copied to me."""
    rows = queries.narrowed(LISTS[wanted.tab](_person(request)), words=wanted.q.strip(), policy=wanted.policy)
    page = Paginator(rows, 30).get_page(wanted.page)
    return {
        "rows": [_row(row) for row in page.object_list],
        "page": page.number,
        "pages": page.paginator.num_pages,
        "total": page.paginator.count,
    }


@router.get("/{int:pk}", response=ItemOut, auth=signed_in(READ))
@api_door("approvals.view_approval")
def item(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Read one approval."""
    approval = enter(request, _approval(pk), see="approvals.view_approval")
    return _item(approval, _person(request))


@router.post("/{int:pk}/decide", response=ItemOut, auth=signed_in(WRITE))
@api_door("approvals.decide_approval")
def decide(request: HttpRequest, pk: int, given: ActIn) -> dict[str, Any]:
    """Carry out one act; 409 with the reason when somebody was quicker."""
    enter(request, _approval(pk), see="approvals.view_approval")
    approvals.act(pk, ballot=given.ballot, person=_person(request), action=given.action(), at=timezone.now())
    return _item(_approval(pk), _person(request))


def _person(request: HttpRequest) -> Employee:
    return cast("Employee", request.user)


def _approval(pk: int) -> Approval:
    approval = WHOLE.filter(pk=pk).first()
    if approval is None:
        raise Http404
    return approval


def _row(row: Approval) -> dict[str, Any]:
    return {
        "id": row.pk,
        "subject": row.subject,
        "title": row.title,
        "policy": row.policy.name,
        "applicant": row.applicant.name,
        "applicant_number": row.applicant.number,
        "status": row.status,
        "round": row.round,
        "asked_at": row.created_at,
        "due_at": row.due_at,
    }


def _item(approval: Approval, person: Employee) -> dict[str, Any]:
    detail: Detail = detail_of(approval, person, at=timezone.now())
    return _row(approval) | {
        "facts": [{"label": label, "value": value} for label, value in detail.facts],
        "link": detail.link,
        "acts": detail.acts,
        "verbs": [row.verb for row in (*detail.verbs, *detail.more)],
        "returns": [key for key, _label in detail.returns],
        "waiting": detail.waiting,
        "finished_at": approval.finished_at,
    }
