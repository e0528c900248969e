"""A judge signs their sheet; the chief judge may open it again."""

from __future__ import annotations

from datetime import UTC, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contests.domain import round_signing, unveiling
from contests.domain.setup import demand_state
from contests.models import Contest, Entry, Mark, PanelMember, Sheet
from contests.queries import sheets
from engine.events.domain import record
from engine.proof import domain as proof
from people.models import Employee

LONGEST_SIGNATURE = 200_000


class HasBlanks(ValidationError):
    """Cells are without a mark; `blanks` is (entry code, aspect code) of each."""

    def __init__(self, blanks: list[tuple[str, str]], titles: dict[str, str]) -> None:
        shown = "、".join(f"{entry} · {titles[aspect]}" for entry, aspect in blanks[:3])
        shown += "…" if len(blanks) > 3 else ""
        text = ngettext(
            "%(count)s mark is missing (%(where)s): give it, then sign.",
            "%(count)s marks are missing (%(where)s): give them, then sign.",
            len(blanks),
        )
        super().__init__(text, code="has-blanks", params={"count": len(blanks), "where": shown})
        self.blanks = blanks


class OtherVersion(ValidationError):
    """What the judge saw is not what the server holds."""

    status = 409


class IsContested(ValidationError):
    """Worldskills marks lie more than 1 apart and nobody has decided."""


class NotOpen(ValidationError):
    """The sheet is signed or closed."""


class NamesKnown(ValidationError):
    """Whoever marks now would know whose piece it is."""


class NobodyMarks(ValidationError):
    """The sheet's judge has left the panel, or there never was one here."""


@transaction.atomic(savepoint=False)
def sign_off(
    *, sheet_id: int, version: int, by: Employee, at: datetime, digest: str = "", signature: str = ""
) -> Sheet:
    """Sign a complete sheet exactly as the judge saw it; from then on only the chief judge changes its marks.

    Args:
        version: the sheet's version the judge reviewed.
        digest: SHA-256 the tablet computed of what it showed (`digest_of`), compared when given.
        signature: the handwritten signature, a `data:image/png;base64,` or SVG path text, at most 200 000 characters.

    Raises:
        NotOpen, OtherVersion, IsContested, HasBlanks: in this order, each with what to do next.
    """
    sheet = _locked(sheet_id)
    if sheet.state != Sheet.State.OPEN:
        raise NotOpen(_("The sheet is signed already: only the chief judge can open it again."), code="not-open")
    held = digest_of(sheet)
    if version != sheet.version or (digest and digest != held):
        raise OtherVersion(
            _("The server holds other marks than you reviewed: reload the sheet, look it over, then sign."),
            code="other-version",
        )
    contested = [row for row in unveiling.contested(sheet.contest) if row.aspect in sheet.aspects]
    if contested and sheet.member.role != PanelMember.Role.TRAINEE:
        raise IsContested(
            _(
                "Marks lie too far apart (%(where)s): the group leader has them given again, or the chief judge decides."
            ),
            code="contested",
            params={"where": "、".join(f"{row.entry.code} · {row.aspect}" for row in contested[:3])},
        )
    if blanks := blanks_of(sheet):
        titles = {aspect.code: aspect.title for aspect in sheet.contest.marking_scheme.aspects}
        raise HasBlanks(blanks, titles)
    if len(signature) > LONGEST_SIGNATURE or not (signature.isascii() and signature.isprintable()):
        raise ValidationError(_("The signature is too large or no picture: clear it and sign again."), code="signature")
    sheet.state, sheet.signed_version, sheet.signed_at = Sheet.State.SIGNED, sheet.version, at
    sheet.digest, sheet.signature, sheet.reopened_reason = held, signature, ""
    sheet.save(update_fields=["state", "signed_version", "signed_at", "digest", "signature", "reopened_reason"])
    record(
        sheet.contest.subject, "sheet.signed", by=by, at=at,
        sheet=sheet.pk, judge=sheet.member.code, version=version, digest=held,
    )  # fmt: skip
    signed = {"contest": sheet.contest.code, "judge": sheet.member.code, "version": version, "marks": held}
    moment = at.astimezone(UTC).isoformat()
    proof.append(kind="sheet", key=f"{sheet.pk}:{moment}", record=signed | {"at": moment}, at=at)
    return sheet


@transaction.atomic(savepoint=False)
def reopen(*, sheet_id: int, reason: str, by: Employee, at: datetime) -> Sheet:
    """Let the judge mark again: while judging lasts, or in review, where what the panel signed of the round becomes void.

    Raises:
        setup.WrongState: judging has not begun, or the result is shown.
        NamesKnown, NobodyMarks: the chief judge corrects a mark with a reason instead.
        ValidationError: no reason was given, or the sheet is open.
    """
    sheet = _locked(sheet_id)
    contest = Contest.objects.locked(sheet.contest_id)
    demand_state(contest, Contest.State.JUDGING, Contest.State.REVIEW)
    _demand_reason(reason, _("Say why the sheet is opened again."))
    if sheet.state == Sheet.State.OPEN:
        raise ValidationError(_("The sheet is open: the judge can mark."), code="open")
    if contest.state == Contest.State.REVIEW:
        _demand_markable(contest, sheet)
    sheet.state, sheet.signed_version, sheet.signed_at = Sheet.State.OPEN, None, None
    sheet.digest, sheet.signature, sheet.reopened_reason = "", "", reason.strip()[:300]
    sheet.save(update_fields=["state", "signed_version", "signed_at", "digest", "signature", "reopened_reason"])
    record(contest.subject, "sheet.reopened", by=by, at=at, sheet=sheet.pk, judge=sheet.member.code, reason=reason)
    told = _("Sheet of %(judge)s opened again: %(reason)s") % {"judge": sheet.member.code, "reason": reason.strip()}
    round_signing.void(contest, told, by=by, at=at)
    return sheet


@transaction.atomic(savepoint=False)
def lock(*, sheet_id: int, reason: str, by: Employee, at: datetime) -> Sheet:
    """Lock a sheet that was opened again in review although its judge does not sign it; the gate says so.

    Raises:
        setup.WrongState: judging lasts still, or the result is shown.
        NotOpen: it is signed or locked.
        ValidationError: no reason was given.
    """
    sheet = _locked(sheet_id)
    demand_state(Contest.objects.locked(sheet.contest_id), Contest.State.REVIEW)
    _demand_reason(reason, _("Say why the sheet is locked without a signature."))
    if sheet.state != Sheet.State.OPEN:
        raise NotOpen(_("The sheet is signed or locked already."), code="not-open")
    sheet.state, sheet.reopened_reason = Sheet.State.CLOSED, ""
    sheet.save(update_fields=["state", "reopened_reason"])
    record(sheet.contest.subject, "sheet.locked", by=by, at=at, sheet=sheet.pk, judge=sheet.member.code, reason=reason)
    return sheet


def _demand_markable(contest: Contest, sheet: Sheet) -> None:
    """In review a sheet is opened only for a judge who can mark it, as blind as before."""
    member = sheet.member
    if contest.is_imported or member.employee_id is None or member.left_at is not None or not sheet.aspects:
        raise NobodyMarks(
            _("Nobody marks on this sheet any more: correct the mark with a reason instead."), code="nobody"
        )
    if contest.seals.filter(opened_at__isnull=False).exists():
        raise NamesKnown(
            _("The names behind the codes are known: correct the mark with a reason instead."), code="names-known"
        )


def _demand_reason(reason: str, told: str) -> None:
    if not reason.strip():
        raise ValidationError(told, code="reason")


def blanks_of(sheet: Sheet) -> list[tuple[str, str]]:
    """Return (entry code, aspect code) of each cell without a mark, in start order, of the entries that take part.

    Not asked of a judge: entries they do not judge (recusal), and cells the judge they replaced has marked.
    """
    marked = set(Mark.objects.filter(sheet=sheet, value__isnull=False).values_list("entry", "aspect"))
    marked |= sheets.marked_before(sheet)
    entries = Entry.objects.filter(contest=sheet.contest_id, status="").exclude(recusals__member=sheet.member_id)
    return [
        (code, aspect)
        for pk, code in entries.order_by("start_order", "position").values_list("pk", "code")
        for aspect in sheet.aspects
        if (pk, aspect) not in marked
    ]


def digest_of(sheet: Sheet) -> str:
    """Return the digest of the sheet's marks as they are held now (`queries.sheets.digest_of`)."""
    held = Mark.objects.filter(sheet=sheet, value__isnull=False).values_list("entry__code", "aspect", "value")
    return sheets.digest_of(sheet.contest.code, sheet.member.code, held)


def _locked(sheet_id: int) -> Sheet:
    rows = Sheet.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("contest", "member__replaces").get(pk=sheet_id)
