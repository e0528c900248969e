"""The smallest flow with an approval, for bench.approvals; viewflow stores it under an installed app's name."""

from __future__ import annotations

import sys
from typing import Any

from engine.flows.flow import JinbangFlow
from engine.flows.nodes import Approval, End, Start, this

sys.modules["engine.flows.bench"] = sys.modules[__name__]


class BenchFlow(JinbangFlow):
    """Start, an approval of two, end."""

    __module__ = "engine.flows.bench"

    start = Start().Next(this.agree)
    agree = Approval(policy="bench", ask=this.what).Approved(this.end).Refused(this.end)
    end = End()

    def what(self, step: Any) -> dict[str, Any]:
        """Return what approvers are asked."""
        return {"title": "bench"}


if __name__ == "__main__":
    print("bench.flow is used by bench.approvals")
