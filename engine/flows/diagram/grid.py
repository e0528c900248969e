"""Which column and row each node stands in, and which row each long edge runs along; no sizes yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain as joined
from itertools import count, pairwise

from engine.flows.diagram.graph import Graph, GraphEdge


@dataclass
class Grid:
    """`column` and `row` by node; `lane` is the row an edge runs along; `back` are the edges that lead to the left;
    `taken` says which node stands in a cell, or "" for an edge that runs through it."""

    column: dict[str, int] = field(default_factory=dict)
    row: dict[str, int] = field(default_factory=dict)
    lane: dict[GraphEdge, int] = field(default_factory=dict)
    back: set[GraphEdge] = field(default_factory=set)
    taken: dict[tuple[int, int], str] = field(default_factory=dict)

    def is_free(self, row: int, columns: range, before: set[str], after: set[str]) -> bool:
        """Say whether these cells are empty; and also those at both ends, where only neighbours it leads to may stand.

        Strangers next to each other would have their lines end on one another.
        """
        if any((column, row) in self.taken for column in columns):
            return False
        at_ends = (columns.start - 1, before), (columns.stop, after)
        return not columns or all(self.taken.get((column, row)) in {None, *known} for column, known in at_ends)

    def take(self, row: int, columns: Iterable[int]) -> None:
        """Keep these cells for edges."""
        self.taken.update(dict.fromkeys(((column, row) for column in columns), ""))

    def between(self, edge: GraphEdge) -> range:
        """Return the columns an edge passes on its way."""
        return range(self.column[edge.source] + 1, self.column[edge.target])


def grid_of(graph: Graph) -> Grid:
    """Place a graph: time runs to the right, the longest way is row 0, what leaves it stands below or above."""
    grid = Grid()
    grid.back = _back_edges(graph)
    forward = [edge for edge in graph.edges if edge not in grid.back]
    grid.column = _columns(graph, forward)
    chains = _chains(graph, grid, forward)
    for chain in chains:
        _place(grid, chain, forward)
    for edge in forward:
        if edge not in grid.lane:
            _run(grid, edge)
    return grid


def _back_edges(graph: Graph) -> set[GraphEdge]:
    """Return the edges that lead to a node still being walked through, in written order."""
    back: set[GraphEdge] = set()
    done: set[str] = set()
    for begin in graph.nodes:
        if begin.id in done:
            continue
        walk = [(begin.id, iter(graph.out_of(begin.id)))]
        while walk:
            node, ways = walk[-1]
            edge = next(ways, None)
            if edge is None:
                done.add(node)
                walk.pop()
            elif edge.target in {name for name, _ways in walk}:
                back.add(edge)
            elif edge.target not in done:
                walk.append((edge.target, iter(graph.out_of(edge.target))))
    return back


def _columns(graph: Graph, forward: list[GraphEdge]) -> dict[str, int]:
    column = dict.fromkeys((node.id for node in graph.nodes), 0)
    for _round in graph.nodes:  # the longest way has at most as many steps as there are nodes
        for edge in forward:
            column[edge.target] = max(column[edge.target], column[edge.source] + 1)
    entered = {edge.target for edge in forward}
    for node in graph.nodes[1:]:
        after = [column[edge.target] for edge in forward if edge.source == node.id]
        if node.id not in entered and after:
            column[node.id] = min(after) - 1  # a second entrance stands beside the step it leads to
    return column


def _chains(graph: Graph, grid: Grid, forward: list[GraphEdge]) -> list[list[str]]:
    """Cut the graph into chains: the longest way first, then the shortest detours, which stay close to it."""
    left: dict[str, list[GraphEdge]] = {node.id: [] for node in graph.nodes}
    for edge in forward:
        left[edge.source].append(edge)
    depth = dict.fromkeys(left, 0)
    for node in sorted(left, key=lambda name: -grid.column[name]):
        depth[node] = max((depth[edge.target] + 1 for edge in left[node]), default=0)
    chains: list[list[str]] = []
    used: set[str] = set()
    for node in sorted(left, key=lambda name: grid.column[name]):
        if node in used:
            continue
        chain, step = [], node
        while step not in used:
            chain.append(step)
            used.add(step)
            ways = [edge for edge in left[step] if edge.target not in used]
            step = max(ways, key=lambda edge: depth[edge.target]).target if ways else step
        chains.append(chain)
    first, *others = chains
    return [first, *sorted(others, key=lambda chain: len(_span(grid, chain, forward)))]


def _exit(chain: list[str], forward: list[GraphEdge]) -> GraphEdge | None:
    return next((edge for edge in forward if edge.source == chain[-1]), None)


def _span(grid: Grid, chain: list[str], forward: list[GraphEdge]) -> range:
    leaving = _exit(chain, forward)
    last = grid.column[leaving.target] if leaving else grid.column[chain[-1]] + 1
    return range(grid.column[chain[0]], last)


def _place(grid: Grid, chain: list[str], forward: list[GraphEdge]) -> None:
    """Give a chain a row of its own from its first node to where its last edge arrives."""
    columns = _span(grid, chain, forward)
    before = {edge.source for edge in forward if edge.target == chain[0]}
    after = {edge.target for edge in forward if edge.source == chain[-1]}
    row = next(row for row in _rows() if grid.is_free(row, columns, before, after))
    grid.take(row, columns)
    grid.taken.update({(grid.column[node], row): node for node in chain})
    grid.row.update(dict.fromkeys(chain, row))
    inside = set(pairwise(chain))
    for edge in forward:
        if (edge.source, edge.target) in inside:
            grid.lane[edge] = row
    if leaving := _exit(chain, forward):
        grid.lane[leaving] = row


def _run(grid: Grid, edge: GraphEdge) -> None:
    columns = grid.between(edge)
    choices = joined((grid.row[edge.source], grid.row[edge.target]), _rows())
    row = next(row for row in choices if grid.is_free(row, columns, {edge.source}, {edge.target}))
    grid.take(row, columns)
    grid.lane[edge] = row


def _rows() -> Iterator[int]:
    """Yield 0, 1, -1, 2, -2 and so on."""
    yield 0
    for distance in count(1):
        yield distance
        yield -distance
