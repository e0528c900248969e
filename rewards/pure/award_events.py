"""What award rules may listen to: each event with its facts, and whose partner a fact names.

An event is reported by a programme or recorded under its name; a rule may only ask facts the event brings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

WHOLE: Final = "whole"
TEXT: Final = "text"


@dataclass(frozen=True)
class EventType:
    """An event: fact → WHOLE or TEXT; `partner` is the fact that names the other person by employee number.

    `is_reported`: something in this program says when it happens; of others another program tells through the API.
    """

    code: str
    facts: dict[str, str]
    partner: str = ""
    is_reported: bool = True


EVENTS: dict[str, EventType] = {
    row.code: row
    for row in (
        EventType("contest.taken-part", {"contest": TEXT, "trade": TEXT, "entrants": WHOLE}),
        EventType("contest.placed", {"contest": TEXT, "trade": TEXT, "rank": WHOLE, "entrants": WHOLE}),
        EventType("suggestion.adopted", {"suggestion": TEXT, "grade": TEXT, "benefit": WHOLE}, is_reported=False),
        EventType(
            "mentoring.completed",
            {"agreement": TEXT, "role": TEXT, "partner": TEXT},
            partner="partner",
            is_reported=False,
        ),
        EventType("course.attended", {"course": TEXT, "hours": WHOLE}),
        EventType("login.daily", {}),
    )
}
PERSON_FACTS: dict[str, str] = {"unit": TEXT, "trade": TEXT, "skill_level": WHOLE, "level": WHOLE}
