"""Why a mark was not taken, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

SENTENCES = {
    "conflict": gettext_noop("Another device stored a different mark: choose one of the two."),
    "locked": gettext_noop("The sheet is closed: only the chief judge can change this mark."),
    "unknown_aspect": gettext_noop("Your sheet has no such aspect: reload the sheet."),
    "unknown_entry": gettext_noop("The contest has no such entry: reload the sheet."),
    "not_a_number": gettext_noop("Write a plain number such as 8.5."),
    "out_of_range": gettext_noop("Give a mark from %(minimum)s to %(maximum)s."),
    "off_grid": gettext_noop("Marks go up in steps of %(step)s from %(minimum)s."),
    "bad_base_version": gettext_noop("The tablet sent a wrong version: reload the sheet."),
    "bad_op_id": gettext_noop("The operation has no valid id: reload the sheet."),
    "recused": gettext_noop("You do not judge this contestant (recusal): give no mark."),
    "marked_before": gettext_noop("The judge you replaced has marked this already: give no second mark."),
    "unveiled": gettext_noop("The three marks have been shown: only the group leader can have them given again."),
    "foreign_op_id": gettext_noop("The operation belongs to another sheet: reload the sheet."),
}


def sentence(code: str, params: Mapping[str, str] | None = None) -> str:
    """Return the sentence of a refusal code of `contests.pure.marks` or of an answer; '' for none."""
    return _(SENTENCES[code]) % (params or {}) if code else ""
