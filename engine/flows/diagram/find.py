"""The flows of every installed app, by name."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pkgutil import walk_packages

from django.apps import apps

from engine.flows.flow import JinbangFlow


def flows() -> dict[str, type[JinbangFlow]]:
    """Return every flow of the installed apps as `app/Class`, in order of name."""
    for config in apps.get_app_configs():
        _import(f"{config.name}.flows")
    found: dict[str, type[JinbangFlow]] = {}
    for flow in _below(JinbangFlow):
        owner = apps.get_containing_app_config(flow.__module__)
        if owner is not None:
            found[f"{owner.label}/{flow.__name__}"] = flow
    return dict(sorted(found.items()))


def flow_named(name: str) -> type[JinbangFlow]:
    """Return the flow called `ContestFlow` or `contests/ContestFlow`.

    Raises:
        LookupError: none or several are called that; the message lists the names.
    """
    known = flows()
    found = [flow for full, flow in known.items() if name in {full, flow.__name__}]
    if len(found) != 1:
        reason = "No flow is" if not found else "Several flows are"
        raise LookupError(f"{reason} called {name}. Take one of: {', '.join(known)}.")
    return found[0]


def _import(name: str) -> None:
    spec = find_spec(name)
    if spec is None:
        return
    module = import_module(name)
    for part in walk_packages(getattr(module, "__path__", ()), f"{name}."):
        # migrations and commands of a flows app hold no flows
        if not {"migrations", "management"} & set(part.name.split(".")):
            import_module(part.name)


def _below(base: type[JinbangFlow]) -> Iterator[type[JinbangFlow]]:
    for flow in base.__subclasses__():
        yield flow
        yield from _below(flow)
