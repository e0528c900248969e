"""The tree of units and the list of trades: written as lines, changed one by one."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from people.models import Employee, Trade, Unit
from people.pure import unit_lines
from people.pure.unit_lines import Line

KINDS = {2: Unit.Kind.PLANT, 3: Unit.Kind.SHOP}


class NoRoot(ValidationError):
    """There is no company yet to hang units on."""


class CodeTaken(ValidationError):
    """Two units cannot have one code."""


def _root() -> Unit:
    """Lock and return the company: whoever writes the tree waits for whoever writes it."""
    root = Unit.objects.select_for_update(no_key=True).filter(parent=None).order_by("path").first()
    if root is None:
        raise NoRoot(_("There is no company yet."), code="no-root")
    return root


@transaction.atomic(savepoint=False)
def add(lines: Iterable[Line]) -> int:
    """Add the units of some lines with every unit above them; who is there already stays as it is. Returns how many are new.

    Raises:
        NoRoot: no company yet.
        CodeTaken: a code is another unit's.
    """
    root = _root()
    units = list(Unit.objects.select_related("parent"))
    known = {(unit.parent.path if unit.parent else "", unit.name): unit for unit in units}
    codes, made = {unit.code for unit in units}, 0
    fresh = unit_lines.fresh_codes(codes)
    for line in lines:
        above = root
        names = line.names[1:] if line.names[0] == root.name and len(line.names) > 1 else line.names
        for depth, name in enumerate(names, 2):
            found = known.get((above.path, name))
            if found is None:
                code = line.code if line.code and depth == len(names) + 1 else next(fresh)
                if code in codes:
                    raise CodeTaken(_("The code %(code)s is another unit's.") % {"code": code}, code="code-taken")
                found = Unit.objects.create(code=code, name=name, parent=above, kind=KINDS.get(depth, Unit.Kind.TEAM))
                codes.add(code)
                known[(above.path, name)] = found
                made += 1
            above = found
    return made


@transaction.atomic(savepoint=False)
def change(*, unit: Unit, name: str, kind: str, head: Employee | None) -> Unit:
    """Rename a unit, say what it is and who is its head."""
    row = Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    row.name, row.kind, row.head = name, kind, head
    row.save(update_fields=["name", "kind", "head"])
    return row


@transaction.atomic(savepoint=False)
def add_trades(names: Iterable[str]) -> int:
    """Add trades by name; who is there already stays. Returns how many are new."""
    rows = list(Trade.objects.select_for_update(no_key=True).order_by("pk"))
    known, codes, made = {row.name for row in rows}, {row.code for row in rows}, 0
    fresh = unit_lines.fresh_codes(codes, start="t")
    for name in names:
        if name not in known:
            Trade.objects.create(code=next(fresh), name=name)
            known.add(name)
            made += 1
    return made
