"""A flow class as plain nodes and edges, in the language of the reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.encoding import force_str
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext

from engine.flows import nodes
from engine.flows.approval import Approval
from engine.flows.flow import JinbangFlow

OUTCOMES = {
    "approved": gettext_noop("Approved"),
    "refused": gettext_noop("Refused"),
    "withdrawn": gettext_noop("Withdrawn"),
    "void": gettext_noop("Void"),
}
KINDS: tuple[tuple[type, str, str], ...] = (
    (nodes.Start, "start", "startEvent"),
    (nodes.End, "end", "endEvent"),
    (Approval, "approval", "userTask"),
    (nodes.Handle, "person", "userTask"),
    (nodes.Function, "work", "serviceTask"),
    (nodes.Timer, "timer", "intermediateCatchEvent"),
    (nodes.If, "choice", "exclusiveGateway"),
    (nodes.Switch, "choice", "exclusiveGateway"),
    (nodes.Split, "split", "parallelGateway"),
    (nodes.Join, "join", "parallelGateway"),
)


@dataclass(frozen=True)
class GraphNode:
    """One step: `kind` chooses how it looks, `element` what it is in BPMN; `detail` is what a timer waits for."""

    id: str
    title: str
    kind: str
    element: str
    detail: str = ""


@dataclass(frozen=True)
class GraphEdge:
    """One way on: `label` for people, `condition` for tools, both empty when it is the only way; a
    default is taken when no condition holds."""

    source: str
    target: str
    label: str = ""
    condition: str = ""
    is_default: bool = False


@dataclass(frozen=True)
class Graph:
    """A whole flow; the first node is where it usually begins, the others stand in the order they are written."""

    name: str
    title: str
    nodes: tuple[GraphNode, ...]
    edges: tuple[GraphEdge, ...]

    def out_of(self, node: str) -> list[GraphEdge]:
        """Return the ways on from a node."""
        return [edge for edge in self.edges if edge.source == node]

    def into(self, node: str) -> list[GraphEdge]:
        """Return the ways that lead to a node."""
        return [edge for edge in self.edges if edge.target == node]


def graph_of(flow: type[JinbangFlow]) -> Graph:
    """Read a flow class; at most one edge leads from one node to another."""
    written = _in_written_order(flow)
    found = [_node(node) for node in written]
    begins = [node for node in found if node.kind == "start"]
    others = [node for node in found if node.kind != "start"]
    edges = [edge for node in written for edge in _merged(_ways(node))]
    return Graph(flow.__name__, _flow_title(flow), (*begins, *others), tuple(edges))


def _flow_title(flow: type[JinbangFlow]) -> str:
    if flow.process_title == JinbangFlow.process_title:  # none of its own
        return _(_words(flow.__name__.removesuffix("Flow")))
    return _(force_str(flow.process_title))


def _in_written_order(flow: type[JinbangFlow]) -> list[Any]:
    """Viewflow lists nodes by the alphabet; a diagram is read as its class is."""
    by_name = {node.name: node for node in flow.instance.nodes()}
    names = dict.fromkeys(name for base in reversed(flow.__mro__) for name in vars(base) if name in by_name)
    return [by_name[name] for name in {**names, **by_name}]


def _node(node: Any) -> GraphNode:
    kind, element = next(((kind, element) for base, kind, element in KINDS if isinstance(node, base)), ("work", "task"))
    if kind == "split" and any(condition for _next, condition, _data in node._activate_next):
        element = "inclusiveGateway"
    return GraphNode(node.name, _title(node), kind, element, _name(node._until) if kind == "timer" else "")


def _title(node: Any) -> str:
    given = force_str(node.task_title)
    # viewflow's own title is the name with Every Word Capitalised
    if given not in {"", node.name.replace("_", " ").title()}:
        return _(given)
    own = {"start": pgettext("flow", "Start"), "end": pgettext("flow", "End")}
    return own.get(node.name) or _(_words(node.name))


def _ways(node: Any) -> Iterator[GraphEdge]:
    """Yield an edge for each way on, even where several lead to the same node."""
    if isinstance(node, nodes.Switch | nodes.Split):
        yield from _cases(node)
        return
    for edge in node._outgoing():
        if isinstance(node, Approval):
            label, condition = _(OUTCOMES[edge.label]), f"outcome = {edge.label}"
        elif isinstance(node, nodes.If):
            label = _("Yes") if edge.label == "yes" else _("No")
            condition = f"{_name(node._condition)} = {edge.label}"
        else:
            label = condition = ""
        yield GraphEdge(edge.src.name, edge.dst.name, label, condition)


def _cases(node: Any) -> Iterator[GraphEdge]:
    cases = [(target.name, condition) for target, condition, *_data in node._activate_next]
    is_switch = isinstance(node, nodes.Switch)
    has_choice = any(condition for _target, condition in cases)
    for target, condition in cases:
        if condition:
            name = _name(condition)
            yield GraphEdge(node.name, target, _(_words(name)), name)
        elif is_switch:
            yield GraphEdge(node.name, target, _("Otherwise"), "otherwise", is_default=True)
        elif has_choice:
            yield GraphEdge(node.name, target, _("Always"), "always")
        else:
            yield GraphEdge(node.name, target)


def _merged(ways: Iterator[GraphEdge]) -> Iterator[GraphEdge]:
    by_target: dict[str, list[GraphEdge]] = {}
    for way in ways:
        by_target.setdefault(way.target, []).append(way)
    for target, same in by_target.items():
        if len(by_target) == 1 and len(same) > 1:
            yield GraphEdge(same[0].source, target)  # whatever happens, it goes there: nothing to tell apart
            continue
        label = " / ".join(dict.fromkeys(way.label for way in same if way.label))
        if {way.condition for way in same} == {f"outcome = {key}" for key in OUTCOMES if key != "approved"}:
            label = _("Not approved")
        condition = " or ".join(way.condition for way in same if way.condition)
        yield GraphEdge(same[0].source, target, label, condition, is_default=any(way.is_default for way in same))


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _name(function: Callable[..., Any]) -> str:
    name = getattr(function, "__name__", "")
    return name if name.isidentifier() else "condition"
