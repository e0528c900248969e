"""Certificates as pages and the verbs need them: who is to get one, with which facts, what their fonts lack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contests.models import Certificate, CertificateTemplate, Contest, ResultRow, Teammate
from contests.pure import certificate as layouts
from contests.pure.certificate import Fault, Layout
from contests.queries.certificate_pictures import Page
from frontend.kit import faces
from people.models import Employee

State = Certificate.State
SHOWN_MISSING = 12


@dataclass(frozen=True)
class Recipient:
    """One person (or, imported, one entry without an account) and what their certificate says; number and day come later."""

    entry_id: int
    employee: Employee | None
    facts: Mapping[str, str]

    @property
    def key(self) -> tuple[int, int | None]:
        """Entry and person: for these a certificate is valid once."""
        return self.entry_id, self.employee.pk if self.employee else None


def recipients(contest: Contest, layout: Layout) -> list[Recipient]:
    """Return who gets a certificate of a contest with a result, by rank. Two statements.

    An entry without a rank gets none, nor does a rank the layout has no award for. Of a team everybody who took part
    gets one; substitutes who never stepped in and people who left do not.
    """
    team = Teammate.objects.filter(left_at=None).filter(Q(is_substitute=False) | Q(stepped_in_for__isnull=False))
    rows = (
        ResultRow.objects.filter(contest=contest, rank__isnull=False)
        .select_related("entry__employee")
        .prefetch_related(Prefetch("entry__team", team.select_related("employee").order_by("id"), to_attr="members"))
        .order_by("position")
    )
    return [recipient for row in rows if layout.award_of(row.rank) for recipient in _of_row(contest, layout, row)]


def _of_row(contest: Contest, layout: Layout, row: ResultRow) -> list[Recipient]:
    entry = row.entry
    facts = {
        "name": entry.name, "unit": entry.unit, "contest": contest.title, "award": layout.award_of(row.rank),
        "rank": str(row.rank), "total": format(row.total, "f"),
    }  # fmt: skip
    members: list[Teammate] = entry.members  # type: ignore[attr-defined]  # the prefetch above
    if not members:
        return [Recipient(entry.pk, entry.employee, facts)]
    team = " · ".join(part for part in (entry.unit, entry.name) if part)
    return [
        Recipient(entry.pk, member.employee, facts | {"name": member.employee.name, "unit": team}) for member in members
    ]


def without_one(contest: Contest, everybody: Sequence[Recipient]) -> list[Recipient]:
    """Return the recipients nothing was decided for yet: a valid certificate counts, and a revoked one. One statement."""
    decided = Certificate.objects.filter(contest=contest).exclude(state=State.SUPERSEDED)
    keys = set(decided.values_list("entry", "employee"))
    return [recipient for recipient in everybody if recipient.key not in keys]


def day_text(day: date) -> str:
    """Write the day as certificates do: 2026年11月21日."""
    return f"{day.year}年{day.month}月{day.day}日"


def sample_facts(contest: Contest | None = None) -> dict[str, str]:
    """Return facts for a preview without any result: a long name with a rare character, a long unit and title."""
    return {
        "name": "欧阳买买提·阿卜杜热合曼江𠮷", "unit": "炼钢厂 转炉车间 连铸甲班 精整作业小组",
        "contest": contest.title if contest else "第十届职工技能运动会·焊工（CO₂气体保护焊及氩弧焊复合项目）总决赛",
        "award": "一等奖", "rank": "1", "total": "95.50", "day": day_text(date(2026, 11, 21)),
        "number": layouts.number_of(2026, 12, 1),
    }  # fmt: skip


def samples(contest: Contest, layout: Layout, *, day: date) -> list[dict[str, str]]:
    """Return what a preview must show: the facts of the longest and the rarest name of a contest. Two statements."""
    rows = [recipient.facts for recipient in recipients(contest, layout)]
    extra = {"day": day_text(day), "number": layouts.number_of(day.year, contest.pk, 1)}
    return [{**facts, **extra} for facts in layouts.hardest(rows)]


def font_problem() -> str:
    """Say what to do when no font is installed at all; '' when there is one."""
    try:
        faces.faces()
    except ImproperlyConfigured:
        return _("No Chinese font is installed: ask the administrator to install fonts-noto-cjk, or to set FONT_FILE.")
    return ""


@dataclass(frozen=True)
class Missing:
    """A text that cannot be printed: whose, and the characters no installed font has."""

    owner: str
    characters: str


def missing_glyphs(layout: Layout, facts: Iterable[Mapping[str, str]]) -> list[Missing]:
    """Return every certificate some character of which no font has; the layout's own words come first.

    Without any font the list is empty: `font_problem` says so.
    """
    if font_problem():
        return []
    own = "".join(text.text for text in layout.texts) + "荣誉榜金榜题名长按或扫码核验证书编号第名年月日"
    lacking = faces.missing(own)
    found = [Missing(_("the template"), lacking)] if lacking else []
    for row in facts:
        lacking = faces.missing("".join(row.values()))
        if lacking:
            found.append(Missing(row["name"], lacking))
    return found


FAULTS = {
    "not_a_layout": gettext_lazy("This is no layout."),
    "unknown_page": gettext_lazy("Choose A4, upright or lying."),
    "too_many": gettext_lazy("At most %(value)s rows are possible."),
    "not_a_row": gettext_lazy("This row cannot be read."),
    "not_a_text": gettext_lazy("Write a text here."),
    "too_long": gettext_lazy("This text is too long."),
    "empty": gettext_lazy("A text must not be empty."),
    "lone_brace": gettext_lazy("A brace stands alone: write placeholders such as {name}."),
    "unknown_placeholder": gettext_lazy("There is no placeholder {%(value)s}. Known are: %(known)s."),
    "not_a_number": gettext_lazy("Write a number in “%(field)s”."),
    "out_of_range": gettext_lazy("The number %(value)s in “%(field)s” is too small or too large."),
    "unknown_align": gettext_lazy("Choose left, middle or right."),
    "not_a_colour": gettext_lazy("Choose a colour."),
    "outside_page": gettext_lazy("It reaches beyond the edge of the page: move it or make it narrower."),
    "qr_too_small": gettext_lazy("A code smaller than %(value)s mm cannot be read by phones."),
    "rank_not_positive": gettext_lazy("Ranks count from 1."),
    "range_reversed": gettext_lazy("The last rank is smaller than the first."),
    "overlaps": gettext_lazy("One of these ranks already belongs to “%(value)s”."),
}
PARTS = {
    "page": gettext_lazy("Page"),
    "texts": gettext_lazy("Text"),
    "qr": gettext_lazy("QR code"),
    "awards": gettext_lazy("Award"),
    "others": gettext_lazy("Other ranks"),
}


def fault_text(fault: Fault) -> str:
    """Say a layout's fault in words: `Text 3: …`."""
    known = " ".join(f"{{{name}}}" for name in layouts.PLACEHOLDERS)
    words = str(FAULTS[fault.code]) % {"value": fault.value, "field": fault.field, "known": known}
    where = str(PARTS[fault.part]) + ("" if fault.index is None else f" {fault.index + 1}")
    return f"{where}: {words}"


def layout_of(data: object) -> Layout:
    """Return a stored layout; one that is broken, which a verb never stores, raises BadLayout."""
    return layouts.read_layout(data)


def templates() -> QuerySet[CertificateTemplate]:
    """Return the templates in use, without their pictures."""
    return CertificateTemplate.objects.filter(is_archived=False).defer("background").select_related("by")


def of_contest(contest: Contest, *, state: str = "", words: str = "") -> QuerySet[Certificate]:
    """Return a contest's certificates in the order of their numbers, to be paged. One statement."""
    rows = Certificate.objects.filter(contest=contest).select_related("employee", "superseded_by").order_by("number")
    if state in State.values:
        rows = rows.filter(state=state)
    if words.strip():
        rows = rows.filter(Q(number__contains=words.strip()) | Q(facts__name__icontains=words.strip()))
    return rows


def mine(person: Employee) -> QuerySet[Certificate]:
    """Return a person's certificates, newest first, those that were replaced left out. One statement."""
    rows = Certificate.objects.filter(employee=person).exclude(state=State.SUPERSEDED)
    return rows.select_related("contest").order_by("-issued_at", "-id")


def page_of(certificate: Certificate, address: str) -> Page:
    """Return an issued certificate as the page to be drawn; `template` is to be prefetched: a picture is read once."""
    template = certificate.template
    if isinstance(template.background, memoryview):
        template.background = bytes(template.background)
    return Page(layouts.read_layout(certificate.layout), certificate.facts, address, template.background or None)
