"""Build the demo company on an empty database: people, a season, a year of points."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from config.demo import accounts, company, honours
from config.demo.festival import Festival
from config.demo.judging import Judging
from config.demo.leave import Leave
from config.demo.office import Office
from config.demo.points import Points
from config.demo.rules import Rules
from config.demo.season import WORKERS_CONTEST, Season
from config.demo.shop import Shop
from contests.models import Contest, PanelMember, Registration, ResultRow
from people.models import Employee

SEED = 20261120
LIVE_CONTEST = "welding-2026"


class NotEmpty(Exception):
    """The database holds people already."""


def load(*, small: bool, say: Callable[[str], None]) -> None:
    """Build everything and remember who signs in.

    Raises:
        NotEmpty: somebody is in the database already.
    """
    if Employee.objects.exists():
        raise NotEmpty
    now, password = timezone.now(), accounts.new_password()
    built = company.build(seed=SEED, today=timezone.localdate(now), password=password, small=small)
    say(f"{Employee.objects.count()} employees in {len(built.plants)} plants")
    points = Points(built, seed=SEED, now=now)
    points.grant_budgets()
    points.fill_mall()
    points.welcome()
    points.for_everybody()
    rules = Rules(built, seed=SEED, now=now, small=small)
    rules.write()
    rules.remember()
    for contest in Season(built, seed=SEED, now=now, small=small).build():
        say(f"{contest.title}: {contest.get_state_display()}")
    Judging(built, seed=SEED, now=now).work()
    say("a worldskills panel at work, an appeal, certificates")
    shop = Shop(built, seed=SEED, now=now)
    shop.open()
    shop.trade()
    say("a mall with goods, courses and honours; something to hand out, a waiting list")
    Festival(built, seed=SEED, now=now).work()
    say("a festival of four disciplines, one of teams; units ranked over all of them")
    points.spend(count=12 if small else 60)
    say("a year of points and redemptions")
    rules.play()
    rules.rehearse()
    rules.raise_eyebrows()
    say("award rules, seasons and levels")
    chosen = _accounts(built, password)
    worker = Employee.objects.get(number=chosen["worker"]["number"])
    shop.serve(worker)
    say(f"{honours.give(built, worker=worker, now=now)} badges, and the log signed")
    Office(built, now=now).work(unit_head=Employee.objects.filter(number=chosen["unit_head"]["number"]).first())
    say("a week at the desks")
    Leave(built, now=now).work(
        worker=Employee.objects.select_related("unit__parent").get(number=chosen["worker"]["number"])
    )
    say("leave handed over to HR, rules for the weeks to come, a comparison")
    accounts.save(chosen)


def _accounts(built: company.Company, password: str) -> dict[str, dict[str, str]]:
    """Choose one person for each role; the worker can register for an open contest and has points to spend."""
    live = Contest.objects.get(code=LIVE_CONTEST)
    judge = live.panel.filter(role="judge").order_by("position").first()
    worker = _worker(built)
    chosen = {
        "worker": worker,
        "unit_head": worker.unit.head if worker.unit else None,
        "branch_chair": _branch_chair(built, worker),
        "organiser": built.by_role["organiser"][0],
        "union_chair": built.by_role["union_chair"][0],
        "judge": judge.employee if judge else None,
        "chief_judge": live.chief_judge,
        **{role: built.by_role[role][0] for role in ("secrecy_officer", "hr", "finance", "auditor", "administrator")},
    }
    # Every judge of the live contest signs in too: the simulated ones do.
    panel = live.panel.values_list("employee", flat=True)
    known = [person.pk for person in chosen.values() if person is not None]
    Employee.objects.filter(pk__in=[*known, *panel]).update(password=make_password(password))
    return {
        role: {"number": person.number, "name": person.name, "password": password}
        for role, person in chosen.items()
        if person is not None
    }


def _worker(built: company.Company) -> Employee:
    """Return an electrician who came off well in spring and is not registered now, with a head of the own team."""
    rows = Registration.objects.exclude(contest__code=WORKERS_CONTEST).values_list("employee", flat=True)
    heads = Employee.objects.filter(headed_units__isnull=False).values_list("pk", flat=True)
    taken = {*rows, *heads, *PanelMember.objects.values_list("employee", flat=True)}
    placed = ResultRow.objects.filter(contest__code=WORKERS_CONTEST, rank__gt=1).order_by("rank")
    fits = [row.entry.employee for row in placed.select_related("entry__employee__unit")]
    return next(row for row in fits if row and row.pk not in taken and row.unit and row.unit.head_id)


def _branch_chair(built: company.Company, worker: Employee) -> Employee:
    path = worker.unit.path if worker.unit else ""
    plant = next(plant for plant in built.plants if path.startswith(plant.path))
    return next(chair for chair in built.by_role["branch_chair"] if chair.unit_id == plant.pk)
