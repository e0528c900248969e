"""What a flow leaves unsaid, said with gateways, as BPMN's readers expect it."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from engine.flows.diagram.graph import Graph, GraphEdge, GraphNode

GATEWAYS = {"choice", "split", "join"}


def explicit(graph: Graph) -> Graph:
    """Return the same flow in which only gateways split and join, and none does both or neither."""
    return _with_splits(_with_joins(_with_inclusive_joins(_without_needless(graph))))


def _without_needless(graph: Graph) -> Graph:
    """Leave out choices with one way in and one way on."""
    for node in graph.nodes:
        before, after = graph.into(node.id), graph.out_of(node.id)
        if node.kind == "choice" and len(before) == len(after) == 1:
            nodes = tuple(one for one in graph.nodes if one is not node)
            kept = [edge for edge in graph.edges if edge not in {before[0], after[0]}]
            passing = replace(before[0], target=after[0].target)
            same = [edge for edge in kept if (edge.source, edge.target) == (passing.source, passing.target)]
            graph = replace(graph, nodes=nodes, edges=tuple(kept) if same else (*kept, passing))
    return graph


def _with_inclusive_joins(graph: Graph) -> Graph:
    """A join after a split that may leave branches out waits only for those that were taken."""
    reached: set[str] = set()
    todo = [node.id for node in graph.nodes if node.element == "inclusiveGateway"]
    while todo:
        for edge in graph.out_of(todo.pop()):
            if edge.target not in reached:
                reached.add(edge.target)
                todo.append(edge.target)
    nodes = (
        replace(node, element="inclusiveGateway") if node.kind == "join" and node.id in reached else node
        for node in graph.nodes
    )
    return replace(graph, nodes=tuple(nodes))


def _with_joins(graph: Graph) -> Graph:
    """Put a gateway before every node that several ways lead to, unless it is a join itself."""
    nodes: list[GraphNode] = []
    edges = list(graph.edges)
    for node in graph.nodes:
        if len(graph.into(node.id)) > 1 and not (node.kind in GATEWAYS and len(graph.out_of(node.id)) == 1):
            gateway = GraphNode(
                f"{node.id}-entry", _("To %(step)s") % {"step": node.title}, "choice", "exclusiveGateway"
            )
            nodes.append(gateway)
            edges = [replace(edge, target=gateway.id) if edge.target == node.id else edge for edge in edges]
            edges.append(GraphEdge(gateway.id, node.id))
        nodes.append(node)
    return replace(graph, nodes=tuple(nodes), edges=tuple(edges))


def _with_splits(graph: Graph) -> Graph:
    """Put a gateway behind every step from which several ways lead on."""
    nodes: list[GraphNode] = []
    edges = list(graph.edges)
    for node in graph.nodes:
        nodes.append(node)
        if len(graph.out_of(node.id)) > 1 and node.kind not in GATEWAYS:
            gateway = GraphNode(f"{node.id}-outcome", _("Outcome"), "choice", "exclusiveGateway")
            nodes.append(gateway)
            edges = [replace(edge, source=gateway.id) if edge.source == node.id else edge for edge in edges]
            edges.append(GraphEdge(node.id, gateway.id))
    return replace(graph, nodes=tuple(nodes), edges=tuple(edges))
