"""contests/domain/certificates.py: issued once, never edited; nothing issued that cannot be printed."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from django.core.exceptions import ValidationError

from contests.domain import certificates, changes
from contests.domain.setup import WrongState
from contests.models import Certificate, CertificateTemplate, Contest, Entry, Teammate
from contests.pure.certificate import default_layout
from engine.events.models import Event
from engine.notices.models import Notice
from tests.factories.certificates import UNTIL, make_final, make_issued, make_template
from tests.factories.contests import AT, make_contest, make_judging
from tests.factories.people import Company, make_employee
from tests.support import refused

LATER = UNTIL + timedelta(days=1)
UNPRINTABLE = "\U0001f9e8"  # a firecracker: no Chinese font has it


def states() -> list[tuple[str, str, str, str]]:
    rows = Certificate.objects.order_by("number")
    return [(row.number[-4:], row.facts["rank"], row.facts["award"], row.state) for row in rows]


def correct(contest: Contest, company: Company, *steps: dict[str, str], reason: str = "异议成立") -> None:
    change = changes.propose(
        contest=contest, key=uuid4(), steps=list(steps), reason=reason, by=company.chief_judge, at=LATER
    )
    changes.apply(change_id=change.pk, by=company.chief_judge, at=LATER)


def test_everybody_with_a_rank_gets_one(company: Company) -> None:
    contest, rows = make_issued(company)

    assert states() == [
        ("0001", "1", "一等奖", "valid"), ("0002", "2", "二等奖", "valid"), ("0003", "3", "二等奖", "valid")
    ]  # fmt: skip
    first = rows[0]
    entry = contest.entries.get(code="01")
    assert (first.entry, first.employee, first.issued_by) == (entry, entry.employee, company.organiser)
    assert first.facts == {
        "name": entry.name, "unit": entry.unit, "contest": contest.title, "award": "一等奖", "rank": "1",
        "total": "78.50", "day": "2026年11月25日", "number": f"2026-{contest.pk:04d}-0001",
    }  # fmt: skip
    assert len({row.token for row in rows}) == 3
    assert min(len(row.token) for row in rows) >= 22
    assert Notice.objects.filter(kind="certificate.issued").count() == 3


def test_issuing_twice_issues_once(company: Company) -> None:
    contest, rows = make_issued(company)

    again = certificates.issue(contest=contest, template=rows[0].template, by=company.organiser, at=LATER)

    assert (again.made, again.done, again.total, again.is_complete) == (0, 3, 3, True)
    assert Certificate.objects.count() == 3
    assert Event.objects.filter(action="certificates.issued").count() == 1


def test_issuing_goes_on_where_it_stopped(company: Company) -> None:
    contest, template = make_final(company), make_template(company)

    steps = [
        certificates.issue(contest=contest, template=template, by=company.organiser, at=UNTIL, most=2) for _ in range(2)
    ]

    assert [(step.made, step.done, step.total) for step in steps] == [(2, 2, 3), (1, 3, 3)]
    assert [row[0] for row in states()] == ["0001", "0002", "0003"]


def test_only_ranks_with_an_award_get_one(company: Company) -> None:
    contest = make_final(company)
    template = make_template(company, others="", awards=[{"rank_from": 1, "rank_to": 1, "title": "状元"}])

    certificates.issue(contest=contest, template=template, by=company.organiser, at=UNTIL)

    assert [row[2] for row in states()] == ["状元"]


def test_who_has_no_rank_gets_none(company: Company) -> None:
    contest = make_final(company)
    Entry.objects.filter(contest=contest, code="02").update(status="dq")
    contest.result_rows.filter(entry__code="02").update(rank=None)

    certificates.issue(contest=contest, template=make_template(company), by=company.organiser, at=UNTIL)

    assert [row[1] for row in states()] == ["1", "3"]


def test_everybody_of_a_team_gets_one(company: Company) -> None:
    contest = make_final(company, contestants=1)
    entry = contest.entries.get()
    Entry.objects.filter(pk=entry.pk).update(name="飞跃队", employee=None)
    people = [make_employee(company.team, name=f"队员{n}") for n in range(5)]
    left = Teammate.objects.create(entry=entry, employee=people[0], left_at=AT)
    Teammate.objects.create(entry=entry, employee=people[1])
    Teammate.objects.create(entry=entry, employee=people[2], is_substitute=True, stepped_in_for=left)
    Teammate.objects.create(entry=entry, employee=people[3], is_substitute=True)

    certificates.issue(contest=contest, template=make_template(company), by=company.organiser, at=UNTIL)

    rows = Certificate.objects.order_by("number")
    assert [(row.employee, row.facts["name"]) for row in rows] == [(people[1], "队员1"), (people[2], "队员2")]
    assert rows[0].facts["unit"].endswith("飞跃队")


def test_an_imported_entry_without_account_gets_one_once(company: Company) -> None:
    contest = make_final(company, contestants=1)
    Entry.objects.filter(contest=contest).update(employee=None)
    template = make_template(company)

    for _ in range(2):
        certificates.issue(contest=contest, template=template, by=company.organiser, at=UNTIL)

    assert [(row.employee, row.state) for row in Certificate.objects.all()] == [(None, "valid")]


def test_nothing_is_issued_before_the_result_is_final(company: Company) -> None:
    contest, template = make_judging(company), make_template(company)

    with refused(WrongState):
        certificates.issue(contest=contest, template=template, by=company.organiser, at=UNTIL)


def test_one_unprintable_name_stops_everything_and_is_named(company: Company) -> None:
    contest, template = make_final(company), make_template(company)
    entry = contest.entries.get(code="03")
    Entry.objects.filter(pk=entry.pk).update(name=f"王{UNPRINTABLE}")

    with refused(certificates.MissingGlyphs, code="missing-glyphs") as caught:
        certificates.issue(contest=contest, template=template, by=company.organiser, at=UNTIL)

    assert f"王{UNPRINTABLE}" in caught.value.messages[0]
    assert "U+1F9E8" in caught.value.messages[0]
    assert Certificate.objects.count() == 0


def test_rare_characters_and_small_figures_can_be_printed(company: Company) -> None:
    person = make_employee(company.team, trade=company.trade, name="𠮷㛃䶮")
    contest = make_contest(company, title="CO₂气体保护焊", quota=None)
    contest = make_final(company, people=[person], contestants=0, contest=contest)

    certificates.issue(contest=contest, template=make_template(company), by=company.organiser, at=UNTIL)

    assert Certificate.objects.get().facts["contest"] == "CO₂气体保护焊"


def test_an_unprintable_word_of_the_template_is_refused(company: Company) -> None:
    contest = make_final(company)
    layout = default_layout()
    layout["texts"][0]["text"] = UNPRINTABLE  # type: ignore[index]
    template = certificates.save_template(title="x", layout=layout, by=company.organiser, at=AT)

    with refused(certificates.MissingGlyphs):
        certificates.check(contest=contest, template=template)


def test_a_correction_replaces_what_is_no_longer_true(company: Company) -> None:
    contest, (first, *_others) = make_issued(company)

    correct(contest, company, {"kind": "penalty", "entry": "01", "points": "9"})  # 78.50 → 69.50, still before 69

    assert states() == [
        ("0001", "1", "一等奖", "superseded"), ("0002", "2", "二等奖", "valid"), ("0003", "3", "二等奖", "valid"),
        ("0004", "1", "一等奖", "valid"),
    ]  # fmt: skip
    first.refresh_from_db()
    assert first.superseded_by is not None
    assert (first.facts["total"], first.superseded_by.facts["total"]) == ("78.50", "69.50")
    assert (first.reason, first.superseded_by.employee) == ("异议成立", first.employee)
    event = Event.objects.get(action="certificates.superseded")
    assert event.data["replaced"] == {first.number: first.superseded_by.number}


def test_a_correction_taken_back_brings_a_valid_one_back(company: Company) -> None:
    contest, (first, *_others) = make_issued(company)
    correct(contest, company, {"kind": "status", "entry": "01", "status": "dq"})
    first.refresh_from_db()
    assert (first.state, first.superseded_by) == ("revoked", None)
    change = contest.changes.get()

    changes.take_back(change_id=change.pk, reason="复议", by=company.chief_judge, at=LATER)

    first.refresh_from_db()
    assert first.state == "revoked"
    assert first.superseded_by is not None
    assert (first.superseded_by.state, first.superseded_by.facts["rank"]) == ("valid", "1")
    assert Certificate.objects.filter(state="valid").count() == 3


def test_a_correction_touches_nothing_it_did_not_change(company: Company) -> None:
    contest, _rows = make_issued(company)

    done = certificates.supersede(contest=contest, by=None, at=LATER, reason="更正")

    assert (dict(done.replaced), list(done.revoked), done.unchanged) == ({}, [], 3)
    assert not Event.objects.filter(action="certificates.superseded").exists()


def test_superseding_asks_for_a_reason(company: Company) -> None:
    contest, _rows = make_issued(company)

    with refused(ValidationError, code="reason"):
        certificates.supersede(contest=contest, by=None, at=LATER, reason=" ")


def test_a_revoked_certificate_is_not_issued_again_by_itself(company: Company) -> None:
    contest, (first, *_others) = make_issued(company)

    certificates.revoke(certificate_id=first.pk, reason="冒名顶替", by=company.organiser, at=LATER)
    again = certificates.issue(contest=contest, template=first.template, by=company.organiser, at=LATER)
    certificates.supersede(contest=contest, by=None, at=LATER, reason="更正")

    first.refresh_from_db()
    assert (again.made, again.is_complete) == (0, True)
    assert (first.state, first.reason, first.superseded_by) == ("revoked", "冒名顶替", None)


def test_a_revoked_one_can_be_issued_again_once(company: Company) -> None:
    _contest, (first, *_others) = make_issued(company)
    certificates.revoke(certificate_id=first.pk, reason="误操作", by=company.organiser, at=LATER)

    new = certificates.reissue(certificate_id=first.pk, by=company.organiser, at=LATER)

    first.refresh_from_db()
    assert (first.state, first.superseded_by, new.state, new.number[-4:]) == ("revoked", new, "valid", "0004")
    with refused(certificates.WrongCertificate, code="not-revoked"):
        certificates.reissue(certificate_id=first.pk, by=company.organiser, at=LATER)


def test_only_a_valid_one_can_be_revoked(company: Company) -> None:
    _contest, (first, *_others) = make_issued(company)
    certificates.revoke(certificate_id=first.pk, reason="误操作", by=company.organiser, at=LATER)

    with refused(certificates.WrongCertificate, code="not-valid"):
        certificates.revoke(certificate_id=first.pk, reason="再来", by=company.organiser, at=LATER)


def test_a_template_with_faults_is_not_stored(company: Company) -> None:
    layout = default_layout() | {"qr": {"x": 1, "y": 1, "size": 3}}

    with refused(certificates.BadTemplate, code="layout"):
        certificates.save_template(title="x", layout=layout, by=company.organiser, at=AT)
    with refused(ValidationError):
        certificates.save_template(title=" ", layout=default_layout(), by=company.organiser, at=AT)
    assert CertificateTemplate.objects.count() == 0


def test_an_unused_template_is_changed_in_place(company: Company) -> None:
    template = make_template(company)

    same = certificates.save_template(
        title="新", layout=default_layout(), by=company.organiser, at=AT, template=template, background=b"\x89PNG"
    )

    assert (same.pk, same.title, same.background_type) == (template.pk, "新", "image/png")
    dropped = certificates.save_template(
        title="新", layout=default_layout(), by=company.organiser, at=AT, template=same, drops_background=True
    )
    assert (dropped.pk, dropped.background, dropped.background_type) == (template.pk, None, "")


def test_a_used_template_stays_and_a_new_one_takes_its_place(company: Company) -> None:
    _contest, (first, *_others) = make_issued(company)

    new = certificates.save_template(
        title="新",
        layout=default_layout() | {"others": "参赛"},
        by=company.organiser,
        at=LATER,
        template=first.template,
    )

    first.refresh_from_db()
    assert first.template_id != new.pk
    assert (first.template.title, first.template.is_archived, new.is_archived) == ("荣誉证书", True, False)


def test_an_archived_template_issues_nothing(company: Company) -> None:
    contest, template = make_final(company), make_template(company)
    certificates.archive_template(template=template, by=company.organiser, at=AT)
    template.refresh_from_db()

    with refused(ValidationError, code="archived"):
        certificates.check(contest=contest, template=template)


def test_nobody_to_get_one_is_said(company: Company) -> None:
    contest = make_final(company)

    with refused(ValidationError, code="nobody"):
        certificates.check(contest=contest, template=make_template(company, awards=[], others=""))


def test_there_is_always_a_template(company: Company) -> None:
    first = certificates.ensure_template(by=company.organiser, at=AT)

    assert certificates.ensure_template(by=company.organiser, at=AT) == first
