"""Small flows for tests. viewflow stores a flow by app and path, so this module also answers to a name inside the app."""

from __future__ import annotations

import sys
from datetime import timedelta

from engine.events import domain as events
from engine.flows.effects import once
from engine.flows.flow import JinbangFlow
from engine.flows.nodes import Approval, End, Function, Handle, If, Join, Split, Start, Switch, Timer, this

sys.modules["engine.flows.samples"] = sys.modules[__name__]
CALLS: list[str] = []
MEETING: list[object] = []  # a race's barrier, waited for inside a step


class LineFlow(JinbangFlow):
    """One step after the other."""

    __module__ = "engine.flows.samples"

    start = Start(this.begin).Next(this.publish)
    publish = Handle(this.do_publish).Next(this.award)
    award = Function(this.do_award).Next(this.is_big)
    is_big = If(this.big).Then(this.more).Else(this.end)
    more = Function(this.do_more).Next(this.end)
    end = End()

    def begin(self, step, *, big=False):
        step.process.data["big"] = big

    def do_publish(self, step, *, fails=False):
        once(f"test.publish:{step.process.data['subject']}", at=step.at)
        if fails:
            raise RuntimeError("publish")
        return "published"

    def do_award(self, step):
        if step.process.data.get("no_budget"):
            raise RuntimeError("no budget")
        CALLS.append(f"award by {step.by} at {step.at:%H:%M}")

    def big(self, step):
        return step.process.data["big"]

    def do_more(self, step):
        CALLS.append("more")


class BranchFlow(JinbangFlow):
    """Two branches, one of them at once, then a join."""

    __module__ = "engine.flows.samples"

    start = Start().Next(this.fork)
    fork = Split().Always(this.quick).Always(this.slow).Next(this.maybe, case=this.wants)
    quick = Function(this.note).Next(this.meet)
    slow = Handle().Next(this.choose)
    maybe = Handle().Next(this.meet)
    choose = Switch().Case(this.meet, this.wants).Default(this.meet)
    meet = Join().Next(this.end)
    end = End()

    def note(self, step):
        CALLS.append("quick")

    def wants(self, step):
        return step.process.data.get("maybe", False)


class LooseFlow(JinbangFlow):
    """Branches with ends of their own: the process ends with the last."""

    __module__ = "engine.flows.samples"

    start = Start().Next(this.fork)
    fork = Split().Always(this.end).Always(this.wait)
    wait = Handle().Next(this.finish)
    end = End()
    finish = End()


class NoticeFlow(JinbangFlow):
    """A public notice of two days."""

    __module__ = "engine.flows.samples"

    start = Start().Next(this.notice)
    notice = Timer(this.ends).Next(this.publish)
    publish = Function(this.do_publish).Next(this.end)
    end = End()

    def ends(self, step):
        return step.at + timedelta(days=2)

    def do_publish(self, step):
        if step.process.data.get("no_budget"):
            raise RuntimeError("no budget")
        CALLS.append(f"published {step.by}")


class RequestFlow(JinbangFlow):
    """A request that people must agree to; refused, it goes back to its author."""

    __module__ = "engine.flows.samples"

    start = Start().Next(this.agree)
    agree = (
        Approval(policy="request", ask=this.what)
        .Approved(this.grant)
        .Refused(this.change)
        .Withdrawn(this.forget)
    )  # fmt: skip
    grant = Function(this.do_grant).Next(this.end)
    change = Handle().Next(this.agree)
    forget = End()
    end = End()

    def what(self, step):
        return {"title": "一天假", "facts": {"积分": 500}, "link": "/mall/"}

    def do_grant(self, step):
        if step.process.data.get("no_budget"):
            raise RuntimeError("no budget")
        CALLS.append(f"granted after {step.approval.status} by {step.by.number}")


class SmallFlow(JinbangFlow):
    """Start, an approval of two, end: what the engine itself costs."""

    __module__ = "engine.flows.samples"

    start = Start().Next(this.agree)
    agree = Approval(policy="small", ask=this.what).Next(this.end)
    end = End()

    def what(self, step):
        return {"title": "一天假"}


class PressFlow(JinbangFlow):
    """A button whose effect is one event."""

    __module__ = "engine.flows.samples"

    start = Start().Next(this.press)
    press = Handle(this.do_press).Next(this.end)
    end = End()

    def do_press(self, step):
        for barrier in MEETING:
            barrier.wait(60)
        events.record(step.process.data["subject"], "button.pressed", by=step.by, at=step.at)
