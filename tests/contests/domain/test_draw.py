"""contests/domain/draw.py: codes and start order anybody can draw again."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from contests.domain import draw, judging, registration, setup
from contests.models import Contest, Entry
from contests.pure import draw as lots
from engine.events.models import Event
from tests.factories.contests import AT, make_contestants, make_published, register
from tests.factories.people import Company
from tests.support import refused


@pytest.fixture
def contest(company: Company) -> Contest:
    contest = make_published(company, quota=4)
    for person in make_contestants(company, 5):
        register(contest, person)
    return registration.close(contest=contest, by=company.organiser, at=AT)


def do_draw(contest: Contest, company: Company, seed: str = "open", code_seed: str = "secret") -> Contest:
    return draw.draw(contest=contest, seed=seed, code_seed=code_seed, by=company.organiser, at=AT)


def test_every_confirmed_contestant_gets_the_code_and_place_the_seeds_say(contest: Contest, company: Company) -> None:
    confirmed = list(contest.registrations.filter(state="confirmed").values_list("employee__number", flat=True))

    do_draw(contest, company)

    codes = lots.blind_codes("secret", confirmed)
    starts = lots.start_orders("open", codes.values())
    rows = Entry.objects.values_list("employee__number", "code", "start_order", "position")
    assert len(rows) == 4
    assert {number: (code, start) for number, code, start, _ in rows} == {
        number: (code, starts[code]) for number, code in codes.items()
    }
    assert [code for _, code, _, _ in rows.order_by("position")] == ["01", "02", "03", "04"]


def test_the_history_tells_the_open_seed_and_only_the_commitment_of_the_other(
    contest: Contest, company: Company
) -> None:
    do_draw(contest, company)

    told = Event.objects.get(action="contest.drawn").data
    assert told == {"entries": 4, "seed": "open", "commitment": lots.commitment("secret")}


def test_lots_are_drawn_once(contest: Contest, company: Company) -> None:
    do_draw(contest, company)

    with refused(setup.WrongState, code="wrong-state"):
        do_draw(contest, company, seed="better")

    assert Entry.objects.count() == 4


def test_undecided_registrations_are_decided_first(company: Company) -> None:
    contest = make_published(company)
    registration.apply(contest=contest, employee=company.worker, by=company.worker, at=AT)
    registration.close(contest=contest, by=None, at=AT)

    with refused(draw.NothingToDraw, code="undecided"):
        do_draw(contest, company)


def test_nobody_confirmed_is_nothing_to_draw(company: Company) -> None:
    contest = registration.close(contest=make_published(company), by=None, at=AT)

    with refused(draw.NothingToDraw, code="nobody"):
        do_draw(contest, company)


def test_before_registration_closes_nothing_is_drawn(company: Company) -> None:
    with refused(setup.WrongState, code="wrong-state"):
        do_draw(make_published(company), company)


def test_a_redraw_moves_the_start_order_and_no_code(contest: Contest, company: Company) -> None:
    do_draw(contest, company)
    codes = dict(Entry.objects.values_list("employee", "code"))

    draw.redraw(contest=contest, seed="other", reason="设备故障", by=company.organiser, at=AT)

    assert dict(Entry.objects.values_list("employee", "code")) == codes
    assert dict(Entry.objects.values_list("code", "start_order")) == lots.start_orders("other", codes.values())
    assert Event.objects.get(action="contest.start-order.redrawn").data == {"seed": "other", "reason": "设备故障"}


def test_a_redraw_needs_its_reason_and_its_time(contest: Contest, company: Company) -> None:
    do_draw(contest, company)
    with refused(ValidationError, code="reason"):
        draw.redraw(contest=contest, seed="other", reason=" ", by=company.organiser, at=AT)

    judging.start(contest=contest, by=company.organiser, at=AT)
    with refused(setup.WrongState, code="wrong-state"):
        draw.redraw(contest=contest, seed="other", reason="x", by=company.organiser, at=AT)
