"""contests/domain/amendments.py: frozen with examples, amended with a reason."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from contests.domain import amendments, registration
from contests.models import RulesVersion
from contests.pure.scheme import Scheme
from tests.factories.contests import AT, make_judging, make_published
from tests.factories.people import Company
from tests.support import refused


def heavier(scheme: Scheme) -> Scheme:
    """The same aspects, theory counting ten times."""
    return replace(scheme, groups=(replace(scheme.groups[0], weight=Decimal(10)), *scheme.groups[1:]))


def test_frozen_rules_carry_worked_examples_and_a_digest(company: Company) -> None:
    contest = make_published(company)

    version = amendments.freeze(contest=contest, by=company.chief_judge, at=AT)

    contest.refresh_from_db()
    assert (version.number, version.by, contest.rules_digest) == (1, company.chief_judge, version.digest)
    assert version.digest == amendments.digest_of(contest, version.scheme, version.examples)
    assert [row["title"] for row in version.examples] == ["full", "lowest", "apart"]
    assert version.examples[0]["total"] == "120.00"
    with refused(amendments.NotFreezable, code="frozen"):
        amendments.freeze(contest=contest, by=company.chief_judge, at=AT)


def test_closing_registration_freezes_what_nobody_froze(company: Company) -> None:
    contest = registration.close(contest=make_published(company), by=company.organiser, at=AT)

    assert contest.rules_frozen_at == AT
    assert RulesVersion.objects.get().by is None


def test_amendment_needs_a_reason_and_keeps_the_version_before(company: Company) -> None:
    contest = make_judging(company)
    scheme = heavier(contest.marking_scheme)
    with refused(amendments.NoReason, code="reason"):
        amendments.amend(contest=contest, scheme=scheme, reason=" ", by=company.chief_judge, at=AT)

    amendments.amend(contest=contest, scheme=scheme, reason="理论权重写错", by=company.chief_judge, at=AT)

    contest.refresh_from_db()
    assert contest.marking_scheme.groups[0].weight == 10
    assert contest.scheme_version == 2
    assert list(RulesVersion.objects.values_list("number", "reason")) == [(1, ""), (2, "理论权重写错")]


def test_amendment_that_marks_would_not_survive_is_refused(company: Company) -> None:
    contest = make_judging(company)
    scheme = contest.marking_scheme
    finer = replace(scheme, aspects=(replace(scheme.aspects[0], step=Decimal("0.3")), *scheme.aspects[1:]))

    with refused(amendments.MarksWouldNotStand, code="marks-would-not-stand"):
        amendments.amend(contest=contest, scheme=finer, reason="更细", by=company.chief_judge, at=AT)


def test_versions_are_never_changed(company: Company) -> None:
    amendments.freeze(contest=make_published(company), by=company.chief_judge, at=AT)

    with pytest.raises(DatabaseError), transaction.atomic():
        RulesVersion.objects.update(digest="0" * 64)
