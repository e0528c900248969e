"""Certificates 证书: templates, issuing, superseding, revoking. An issued certificate is never edited: another takes its place."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from contests.domain.setup import demand_state
from contests.models import Certificate, CertificateTemplate, Contest
from contests.pure import certificate as layouts
from contests.pure.certificate import BadLayout, Layout
from contests.queries.certificates import (
    SHOWN_MISSING,
    Recipient,
    day_text,
    fault_text,
    font_problem,
    missing_glyphs,
    recipients,
    without_one,
)
from engine.events.domain import record
from engine.events.models import Event
from engine.notices.domain import tell
from people.models import Employee

State = Certificate.State
CHUNK = 100
LOST = "certificates.superseded"


class BadTemplate(ValidationError):
    """The layout has faults: one message each."""

    def __init__(self, broken: BadLayout) -> None:
        super().__init__([ValidationError(fault_text(fault), code=fault.code) for fault in broken.faults])
        self.code = "layout"


class MissingGlyphs(ValidationError):
    """No installed font has some characters of these certificates: each message names the person and the characters."""

    def __init__(self, missing: Sequence[tuple[str, str]]) -> None:
        rows = [
            ValidationError(
                _("%(name)s: no installed font has %(characters)s."),
                code="missing-glyphs",
                params={"name": name, "characters": " ".join(f"{c} (U+{ord(c):04X})" for c in characters)},
            )
            for name, characters in missing[:SHOWN_MISSING]
        ]
        if len(missing) > SHOWN_MISSING:
            rows.append(ValidationError(_("… and %(n)s more."), params={"n": len(missing) - SHOWN_MISSING}))
        advice = _("Ask the administrator to set FONT_FILE to a font that has them, or correct the name.")
        super().__init__([*rows, ValidationError(advice)])
        self.code = "missing-glyphs"


class WrongCertificate(ValidationError):
    """The step does not follow the certificate's state."""


@dataclass(frozen=True)
class Issued:
    """How far issuing is: certificates made now, recipients decided (issued or revoked), recipients in all."""

    made: int
    done: int
    total: int

    @property
    def is_complete(self) -> bool:
        """Whether everybody has one."""
        return self.done >= self.total


@dataclass(frozen=True)
class Superseded:
    """What a corrected result did to certificates: numbers of those replaced (old → new), revoked; how many it left alone."""

    replaced: Mapping[str, str]
    revoked: Sequence[str]
    unchanged: int


@transaction.atomic(savepoint=False)
def save_template(
    *,
    title: str,
    layout: object,
    by: Employee,
    at: datetime,
    template: CertificateTemplate | None = None,
    background: bytes | None = None,
    drops_background: bool = False,
) -> CertificateTemplate:
    """Store a template, new or changed. One that certificates were issued with stays as it is, archived, and a new takes its place.

    Args:
        layout: plain data as `contests.pure.certificate.read_layout` takes it.
        background: JPEG or PNG bytes, decoded and encoded by us; None keeps the present one.
        drops_background: back to our own border.

    Raises:
        BadTemplate; ValidationError without a title.
    """
    if not title.strip():
        raise ValidationError({"title": ValidationError(_("Give the template a title."), code="title")})
    try:
        read = layouts.read_layout(layout)
    except BadLayout as broken:
        raise BadTemplate(broken) from None
    old = CertificateTemplate.objects.select_for_update(no_key=True).get(pk=template.pk) if template else None
    kept = bytes(old.background) if old and old.background else None
    picture = None if drops_background else background or kept
    row = CertificateTemplate() if old is None or old.certificates.exists() else old
    row.title, row.layout, row.background = title.strip()[:120], layouts.to_json(read), picture
    row.background_type = _type_of(picture)
    row.by, row.at = by, at
    row.save()
    if old is not None and old.pk != row.pk:
        CertificateTemplate.objects.filter(pk=old.pk).update(is_archived=True)
    replaced = {"replaces": old.pk} if old and old.pk != row.pk else {}
    record(f"certificate-template:{row.pk}", "certificate-template.saved", by=by, at=at, title=row.title, **replaced)
    return row


def _type_of(picture: bytes | None) -> str:
    if not picture:
        return ""
    return "image/png" if picture.startswith(b"\x89PNG") else "image/jpeg"


def ensure_template(*, by: Employee, at: datetime) -> CertificateTemplate:
    """Return the first template in use, our own design when there is none yet."""
    first = CertificateTemplate.objects.filter(is_archived=False).order_by("title", "id").first()
    return first or save_template(title=_("Certificate of honour"), layout=layouts.default_layout(), by=by, at=at)


@transaction.atomic(savepoint=False)
def archive_template(*, template: CertificateTemplate, by: Employee, at: datetime) -> None:
    """Take a template out of use; certificates issued with it stay valid."""
    if CertificateTemplate.objects.filter(pk=template.pk, is_archived=False).update(is_archived=True):
        record(f"certificate-template:{template.pk}", "certificate-template.archived", by=by, at=at)


def check(*, contest: Contest, template: CertificateTemplate) -> list[Recipient]:
    """Return who would get a certificate; writes nothing.

    Raises:
        setup.WrongState: the result is not final.
        BadTemplate, MissingGlyphs: something could not be printed.
        ValidationError: the template is archived, or nobody is to get one.
    """
    demand_state(contest, Contest.State.FINAL)
    if template.is_archived:
        raise ValidationError(_("This template is out of use. Choose another one."), code="archived")
    layout = _read(template.layout)
    everybody = recipients(contest, layout)
    if not everybody:
        raise ValidationError(_("Nobody is to get a certificate: no rank has an award here."), code="nobody")
    demand_glyphs(layout, [recipient.facts for recipient in everybody])
    return everybody


def demand_glyphs(layout: Layout, facts: Sequence[Mapping[str, str]]) -> None:
    """Refuse before anything is issued what no font could print. Raises MissingGlyphs; ValidationError without a font."""
    problem = font_problem()
    if problem:
        raise ValidationError(problem, code="no-font")
    missing = missing_glyphs(layout, facts)
    if missing:
        raise MissingGlyphs([(row.owner, row.characters) for row in missing])


@transaction.atomic(savepoint=False)
def issue(
    *, contest: Contest, template: CertificateTemplate, by: Employee, at: datetime, most: int | None = None
) -> Issued:
    """Issue certificates of a final result to everybody who has none, by rank; at most `most` of them. Twice does nothing twice.

    Nothing is issued while one character of one of them could not be printed. The people are told.

    Raises:
        setup.WrongState, BadTemplate, MissingGlyphs, ValidationError: see `check`.
    """
    contest = Contest.objects.locked(contest.pk)
    everybody = check(contest=contest, template=template)
    waiting = without_one(contest, everybody)
    chosen = waiting if most is None else waiting[:most]
    made = _make(contest, template.pk, template.layout, chosen, by=by, at=at)
    if made:
        record(
            contest.subject, "certificates.issued", by=by, at=at,
            template=template.pk, count=len(made), first=made[0].number, last=made[-1].number,
        )  # fmt: skip
        _tell(made, gettext_noop("Your certificate of “%(contest)s” has been issued."), at=at)
    return Issued(len(made), len(everybody) - len(waiting) + len(made), len(everybody))


@transaction.atomic(savepoint=False)
def supersede(*, contest: Contest, by: Employee | None, at: datetime, reason: str) -> Superseded:
    """After a corrected result: whose name, rank, total or award changed gets another certificate, the old one points to it.

    Whoever no longer has a rank with an award has theirs revoked; who had lost it by an earlier correction and has one again
    gets another. Who never had a certificate gets it by `issue`. To be called in the transaction of the correction, after
    the result was stored; without certificates it does nothing.

    Raises:
        MissingGlyphs: a corrected name cannot be printed. ValidationError: no reason.
    """
    _demand_reason(reason)
    contest = Contest.objects.locked(contest.pk)
    rows = (
        Certificate.objects.select_for_update(no_key=True, of=("self",)).select_related("employee").order_by("number")
    )
    lost = Q(state=State.REVOKED, superseded_by=None, number__in=_lost_by_corrections(contest))
    entitled: dict[int, dict[tuple[int, int | None], Recipient]] = {}
    replaced: dict[str, str] = {}
    revoked: list[str] = []
    unchanged = 0
    for old in rows.filter(Q(state=State.VALID) | lost, contest=contest):
        if old.template_id not in entitled:
            everybody = recipients(contest, _read(old.layout))
            entitled[old.template_id] = {recipient.key: recipient for recipient in everybody}
        now = entitled[old.template_id].get((old.entry_id, old.employee_id))
        if now is None and old.state == State.VALID:
            _end(old, State.REVOKED, reason)
            revoked.append(old.number)
        elif now is not None and (old.state == State.REVOKED or layouts.changed(old.facts, now.facts)):
            replaced[old.number] = _replace(old, contest, now, by=by, at=at, reason=reason).number
        else:
            unchanged += 1
    if replaced or revoked:
        record(contest.subject, LOST, by=by, at=at, reason=reason, replaced=replaced, revoked=revoked)
    return Superseded(replaced, revoked, unchanged)


def _lost_by_corrections(contest: Contest) -> list[str]:
    """Return the numbers corrections have revoked, as the events tell; what a person revoked is not among them."""
    told = Event.objects.filter(subject=contest.subject, action=LOST).values_list("data__revoked", flat=True)
    return [number for numbers in told for number in numbers or []]


@transaction.atomic(savepoint=False)
def revoke(*, certificate_id: int, reason: str, by: Employee, at: datetime) -> Certificate:
    """Declare a valid certificate void; its verification page says so. It is not issued again by itself.

    Raises:
        WrongCertificate: it is not valid. ValidationError: no reason.
    """
    _demand_reason(reason)
    certificate = _locked(certificate_id)
    if certificate.state != State.VALID:
        raise WrongCertificate(_("This certificate is not valid any more."), code="not-valid")
    _end(certificate, State.REVOKED, reason)
    record(certificate.contest.subject, "certificate.revoked", by=by, at=at, number=certificate.number, reason=reason)
    return certificate


@transaction.atomic(savepoint=False)
def reissue(*, certificate_id: int, by: Employee, at: datetime) -> Certificate:
    """Issue another certificate in place of a revoked one, with what the result says now.

    Raises:
        WrongCertificate: it is not revoked, has been replaced already, or the entry is entitled to none.
        setup.WrongState, MissingGlyphs.
    """
    old = _locked(certificate_id)
    demand_state(old.contest, Contest.State.FINAL)
    if old.state != State.REVOKED or old.superseded_by_id:
        raise WrongCertificate(_("Only a revoked certificate can be issued again, once."), code="not-revoked")
    layout = _read(old.layout)
    everybody = {recipient.key: recipient for recipient in recipients(old.contest, layout)}
    now = everybody.get((old.entry_id, old.employee_id))
    if now is None:
        raise WrongCertificate(_("The result has no award for this entry."), code="not-entitled")
    demand_glyphs(layout, [now.facts])
    (new,) = _make(old.contest, old.template_id, old.layout, [now], by=by, at=at)
    Certificate.objects.filter(pk=old.pk).update(superseded_by=new)
    record(old.contest.subject, "certificate.reissued", by=by, at=at, number=new.number, replaces=old.number)
    return new


def _replace(
    old: Certificate, contest: Contest, now: Recipient, *, by: Employee | None, at: datetime, reason: str
) -> Certificate:
    demand_glyphs(_read(old.layout), [now.facts])
    if old.state == State.VALID:  # first: an entry and person have one valid certificate at a time
        _end(old, State.SUPERSEDED, reason)
    (new,) = _make(contest, old.template_id, old.layout, [now], by=by, at=at)
    Certificate.objects.filter(pk=old.pk).update(superseded_by=new)
    _tell([new], gettext_noop("Your certificate of “%(contest)s” was replaced: the result was corrected."), at=at)
    return new


def _make(
    contest: Contest, template_id: int, layout: object, rows: Sequence[Recipient], *,
    by: Employee | None, at: datetime,
) -> list[Certificate]:  # fmt: skip
    """Write certificates of a locked contest; their numbers count on from those there are, of any state."""
    day = timezone.localdate(at)
    serial = Certificate.objects.filter(contest=contest).count()
    made = []
    for serial, recipient in enumerate(rows, start=serial + 1):  # noqa: B020  the count goes on
        number = layouts.number_of(day.year, contest.pk, serial)
        facts = {**recipient.facts, "day": day_text(day), "number": number}
        made.append(
            Certificate(
                number=number, token=secrets.token_urlsafe(16), contest=contest, entry_id=recipient.entry_id,
                employee=recipient.employee, template_id=template_id, layout=layout, facts=facts, issued_at=at, issued_by=by,
            )
        )  # fmt: skip
    return Certificate.objects.bulk_create(made)


def _end(certificate: Certificate, state: str, reason: str) -> None:
    certificate.state, certificate.reason = state, reason.strip()[:300]
    certificate.save(update_fields=["state", "reason"])


def _tell(made: Sequence[Certificate], title: str, *, at: datetime) -> None:
    """Tell everybody behind these certificates of one contest, at once."""
    tell(
        [certificate.employee for certificate in made if certificate.employee is not None],
        kind="certificate.issued", title=title, params={"contest": made[0].facts["contest"]},
        cause=f"certificate:{made[0].number}", link=reverse("contests:my-certificates"), at=at,
    )  # fmt: skip


def _locked(certificate_id: int) -> Certificate:
    """Lock the contest, then the certificate."""
    contest_id = Certificate.objects.values_list("contest", flat=True).get(pk=certificate_id)
    contest = Contest.objects.locked(contest_id)
    rows = Certificate.objects.select_for_update(no_key=True, of=("self",)).select_related("employee")
    certificate = rows.get(pk=certificate_id)
    certificate.contest = contest
    return certificate


def _read(layout: object) -> Layout:
    try:
        return layouts.read_layout(layout)
    except BadLayout as broken:
        raise BadTemplate(broken) from None


def _demand_reason(reason: str) -> None:
    if not reason.strip():
        raise ValidationError(_("Write the reason: it stays with the decision."), code="reason")
