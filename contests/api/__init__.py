"""Operations of judges' tablets and of other systems: sheets, marks, sign-off, standings, results, bundles."""

from __future__ import annotations

import base64
import binascii
from dataclasses import asdict
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Status

from contests.api.shapes import (
    AgainIn,
    AnswersOut,
    BundleIn,
    BundleOut,
    FaultsOut,
    ImportedOut,
    OpsIn,
    PadOut,
    PresenceIn,
    PresenceOut,
    SheetRowOut,
    ShownOut,
    SignedOut,
    SignOffIn,
)
from contests.domain import bundles, marking, presence, signing, unveiling
from contests.models import Contest, Sheet
from contests.pure import results as pure_results
from contests.pure.bundle import FILES, BundleFaults
from contests.pure.marks import Op
from contests.queries import contests, hot, result_sheets, results, sheets
from contests.queries.faults import fault_text
from contests.queries.material import material_of
from frontend.kit.apidoors import api_door, enter, signed_in

router = Router(tags=["contests"])
MARKS = "marks:write"
READ_CONTESTS, WRITE_CONTESTS = "contests:read", "contests:write"
LARGEST_OPS_BYTES = 128 * 1024
LARGEST_BUNDLE_BYTES = 2_400_000


class TooLarge(ValidationError):
    """The body is larger than an honest client's."""

    status = 413


@router.get("/sheets", response=list[SheetRowOut], auth=signed_in(MARKS))
@api_door("contests.judge", on_object=False)
def list_sheets(request: HttpRequest) -> Any:
    """Return the sheets of the signed-in judge, open ones first."""
    return [asdict(row) for row in sheets.mine(request.user)]  # type: ignore[arg-type]


@router.get("/sheets/{int:sheet_id}", response=PadOut, auth=signed_in(MARKS))
@api_door("contests.mark_sheet")
def get_sheet(request: HttpRequest, sheet_id: int) -> Any:
    """Return one sheet of the signed-in judge: entries, aspects, marks with their versions."""
    return asdict(sheets.pad(_sheet(request, sheet_id)))


@router.post("/sheets/{int:sheet_id}/ops", response=AnswersOut, auth=signed_in(MARKS))
@api_door("contests.mark_sheet")
def sync_marks(request: HttpRequest, sheet_id: int, body: OpsIn) -> Any:
    """Apply operations of a tablet. Safe to repeat: a known `op_id` gets its stored answer."""
    _demand_small(request, LARGEST_OPS_BYTES)
    ops = [Op(**op.dict()) for op in body.ops]
    answers, sheet = marking.record_on(
        sheet_id=_sheet(request, sheet_id, is_light=True).pk,
        ops=ops,
        by=request.user,  # type: ignore[arg-type]
        at=timezone.now(),
    )
    return {"answers": [vars(answer) for answer in answers], "state": sheet.state, "version": sheet.version}


@router.post("/sheets/{int:sheet_id}/presence", response=PresenceOut, auth=signed_in(MARKS))
@api_door("contests.mark_sheet")
def report_presence(request: HttpRequest, sheet_id: int, body: PresenceIn) -> Any:
    """Say that a tablet is here and how much waits on it; learn what has been shown meanwhile."""
    sheet = _sheet(request, sheet_id, is_light=True)
    presence.report(sheet=sheet, device=body.device, unsent=body.unsent, at=timezone.now())
    return {
        "state": sheet.state, "version": sheet.version, "shown": [asdict(row) for row in sheets.shown(sheet)],
        "round": sheets.signatures(sheet),
    }  # fmt: skip


@router.post("/{str:code}/contested", response=ShownOut, auth=signed_in(MARKS))
@api_door("contests.lead_panel")
def ask_again(request: HttpRequest, code: str, body: AgainIn) -> Any:
    """Have the three judges give a contested mark again, under the group leader's eyes, with the reason."""
    contest = _contest(request, code)
    row = unveiling.ask_again(contest=contest, by=request.user, at=timezone.now(), **body.dict())  # type: ignore[arg-type]
    return {
        "entry": body.entry, "aspect": row.aspect, "turn": row.turn, "marks": row.marks, "spread": row.spread,
        "is_again": True, "reason": row.again_reason,
    }  # fmt: skip


@router.post("/sheets/{int:sheet_id}/sign-off", response=SignedOut, auth=signed_in(MARKS))
@api_door("contests.sign_sheet")
def sign_off(request: HttpRequest, sheet_id: int, body: SignOffIn) -> Any:
    """Sign the sheet as it was seen; refused when marks are missing or the server holds another version."""
    sheet = _sheet(request, sheet_id)
    signed = signing.sign_off(sheet_id=sheet.pk, by=request.user, at=timezone.now(), **body.dict())  # type: ignore[arg-type]
    return {
        "sheet_id": signed.pk,
        "state": signed.state,
        "version": signed.version,
        "digest": signed.digest,
        "signed_at": signed.signed_at,
        "round": sheets.signatures(signed),
    }


@router.get("/{str:code}/standings", auth=signed_in(READ_CONTESTS))
@api_door("contests.view_scores")
def get_standings(request: HttpRequest, code: str) -> Any:
    """Return the standings as the marks are now, with every mark, for the organiser, the chief judge and the auditor."""
    contest = _contest(request, code)
    return {
        "code": contest.code,
        "state": contest.state,
        "rows": _lines(results.live(contest, is_hidden=contest.names_hidden)),
    }


@router.get("/{str:code}/results", auth=signed_in(READ_CONTESTS))
@api_door("contests.view_results")
def get_results(request: HttpRequest, code: str) -> Any:
    """Return the published result, to the public as the organiser chose; before its notice, to those who may see it."""
    contest = _contest(request, code)
    sees_all = request.user.has_perm("contests.view_scores", contest)
    stored = results.published(contest) if sees_all else result_sheets.public_lines(contest)
    if not stored and contest.has_scheme and not contest.names_hidden:
        material = material_of(contest)
        return {
            "code": code,
            "state": contest.state,
            "rows": pure_results.to_json(material.scheme, pure_results.standings(material)),
        }
    return {"code": code, "state": contest.state, "rows": _lines(stored)}


@router.get("/{str:code}/bundle", response=BundleOut, auth=signed_in(READ_CONTESTS))
@api_door("contests.export_contest")
def export_bundle(request: HttpRequest, code: str) -> Any:
    """Return the contest as a bundle of plain files; not while codes hide names."""
    contest = _contest(request, code)
    if not contest.has_scheme:
        raise ValidationError(_("The contest has no marking scheme yet: write it first."), code="no-scheme")
    if contest.names_hidden:
        raise ValidationError(_("The contest is blind until its result is public: export it then."), code="blind")
    files = bundles.export_bundle(contest=contest)
    return {"code": code, "files": {name: base64.b64encode(data).decode() for name, data in files.items()}}


@router.post("/bundles", response={201: ImportedOut, 422: FaultsOut}, auth=signed_in(WRITE_CONTESTS))
@api_door("contests.import_contest", on_object=False)
def import_bundle(request: HttpRequest, body: BundleIn) -> Any:
    """Take a bundle in whole, or list every fault."""
    _demand_small(request, LARGEST_BUNDLE_BYTES)
    try:
        contest = bundles.import_bundle(
            files=_decoded(body.files),
            by=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
            is_replacing=body.replace,
        )
    except BundleFaults as refusal:
        faults = [
            {
                "file": fault.file, "line": fault.line, "column": fault.column, "field": fault.field,
                "expected": fault_text(fault), "found": fault.found,
            }
            for fault in refusal.faults
        ]  # fmt: skip
        message = _("The bundle has faults: mend them and send it again.")
        return Status(422, {"code": "faulty", "message": message, "faults": faults})
    counted = {"entries": contest.entries.count(), "marks": sum(sheet.marks.count() for sheet in contest.sheets.all())}
    return Status(201, {"code": contest.code, "state": contest.state, **counted})


def _sheet(request: HttpRequest, sheet_id: int, *, is_light: bool = False) -> Sheet:
    """Find the sheet and enter with it; of a stranger's sheet nothing is told. `is_light` reads what the permission asks for."""
    rows = Sheet.objects.select_related("contest", "member__replaces")
    sheet = hot.at_door(sheet_id) if is_light else rows.filter(pk=sheet_id).order_by().first()
    if sheet is None:
        raise Http404
    found: Sheet = enter(request, sheet, see="contests.view_sheet")
    return found


def _contest(request: HttpRequest, code: str) -> Contest:
    contest = contests.visible_to(request.user).filter(code=code).first()  # type: ignore[arg-type]
    if contest is None:
        raise Http404
    found: Contest = enter(request, contest)
    return found


def _lines(lines: list[results.ResultLine]) -> list[dict[str, Any]]:
    return [asdict(line) for line in lines]


def _demand_small(request: HttpRequest, most_bytes: int) -> None:
    """Refuse a body larger than an honest client sends."""
    if len(request.body) > most_bytes:
        raise TooLarge(_("The request is too large: send fewer operations at a time."), code="too-large")


def _decoded(files: dict[str, str]) -> dict[str, bytes]:
    try:
        return {name: base64.b64decode(text, validate=True) for name, text in files.items() if name in FILES}
    except (binascii.Error, ValueError):
        raise ValidationError(_("Send each file's content in base64."), code="base64") from None
