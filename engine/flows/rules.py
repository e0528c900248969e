"""Who may see how processes go."""

from __future__ import annotations

import rules

from people.rules import is_administrator, is_auditor, is_hr, is_organiser

rules.add_perm("flows.view_analytics", is_administrator | is_auditor | is_hr | is_organiser)
