"""What a bundle's fault expected, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _

from contests.pure.bundle import Fault


def fault_text(fault: Fault) -> str:
    """Return what was expected where the fault stands."""
    return _(fault.template) % fault.params
