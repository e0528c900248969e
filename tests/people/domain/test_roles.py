from datetime import date

from people.domain import roles
from people.models import RoleGrant
from people.queries import heads_upward, holders_near, roles_of
from tests.factories.people import Company, give_role
from tests.support import refused

TODAY = date(2026, 11, 20)


def test_grant_is_held_from_its_first_day(company: Company) -> None:
    roles.grant(employee=company.worker, role="hr", unit=None, from_on=TODAY)

    assert roles_of(company.worker, date(2026, 11, 19)) == frozenset()
    assert roles_of(company.worker, TODAY) == frozenset({"hr"})


def test_grant_twice_is_refused(company: Company) -> None:
    with refused(roles.AlreadyHeld):
        roles.grant(employee=company.hr, role="hr", unit=None, from_on=TODAY)


def test_grant_unknown_role_is_refused(company: Company) -> None:
    with refused(roles.ValidationError):
        roles.grant(employee=company.worker, role="king", unit=None, from_on=TODAY)

    assert RoleGrant.objects.filter(employee=company.worker).count() == 0


def test_end_from_its_day_on(company: Company) -> None:
    grant = RoleGrant.objects.get(employee=company.hr)

    roles.end(grant_id=grant.pk, on=TODAY)

    assert roles_of(company.hr, TODAY) == frozenset()


def test_end_last_administrator_is_refused(company: Company) -> None:
    grant = RoleGrant.objects.get(employee=company.administrator)

    with refused(roles.LastAdministrator):
        roles.end(grant_id=grant.pk, on=TODAY)

    give_role(company.worker, "administrator")
    roles.end(grant_id=grant.pk, on=TODAY)
    assert roles_of(company.administrator, TODAY) == frozenset()


def test_heads_upward_nearest_first_without_oneself(company: Company) -> None:
    assert heads_upward(company.worker) == [company.leader, company.shop_head]
    assert heads_upward(company.leader) == [company.shop_head]


def test_holders_near_prefers_the_nearest_unit_then_the_whole_company(company: Company) -> None:
    whole = holders_near("hr", company.team, TODAY)
    give_role(company.stranger, "hr", company.plant)

    near = holders_near("hr", company.team, TODAY)

    assert (whole, near) == ([company.hr], [company.stranger])
