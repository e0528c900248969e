"""The tracks in which edges bend, between the columns and between the rows of a grid.

In the channel to the right of a column come first the tracks of edges that leave it, then room for their labels, then
the tracks of edges that enter the next column. The edges of a fork share their first track, those of a join their last.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.flows.diagram import text
from engine.flows.diagram.graph import Graph, GraphEdge
from engine.flows.diagram.grid import Grid

LABEL_SIZE, LABEL_WIDTH = 12, 92


@dataclass
class Track:
    """One vertical line in a channel, and the rows from which it comes and to which it goes on."""

    name: str
    comes: set[int] = field(default_factory=set)
    goes: set[int] = field(default_factory=set)

    def is_behind(self, other: Track) -> bool:
        """Say whether this must be further right, lest it goes on over a line that ends at the other."""
        return self is not other and bool(self.goes & other.comes)


@dataclass
class Channel:
    """What is between two columns, from left to right."""

    leaving: list[Track] = field(default_factory=list)
    label: int = 0
    entering: list[Track] = field(default_factory=list)

    def order(self) -> None:
        """Sort the tracks so that no line covers another; those that others must be behind of move to the left."""
        left = list(self.leaving)
        for track in left:  # grows while it is read
            left += [one for one in self.entering if one not in left and track.is_behind(one)]
        self.entering = _sorted([track for track in self.entering if track not in left])
        self.leaving = _sorted(left)


@dataclass
class Channels:
    """By column what is to its right, and by row the names of the edges that lead back below it."""

    between: dict[int, Channel]
    back: dict[int, list[str]]


def label_of(edge: GraphEdge) -> tuple[str, ...]:
    """Return the lines of an edge's label."""
    return text.wrap(edge.label, LABEL_SIZE, LABEL_WIDTH)


def back_row(edge: GraphEdge, grid: Grid) -> int:
    """Return the row below which an edge leads back: outside of both rows, away from the main line."""
    rows = grid.row[edge.source], grid.row[edge.target]
    return min(rows) - 1 if rows[0] < 0 else max(rows)


def bends(edge: GraphEdge, graph: Graph, grid: Grid) -> tuple[str, str]:
    """Return the names of the tracks an edge takes after its source and before its target, empty where it goes on."""
    leaving, entering = f"from {edge.source}", f"to {edge.target}"
    if edge in grid.back:
        return leaving, entering
    source, lane, target = grid.row[edge.source], grid.lane[edge], grid.row[edge.target]
    if grid.between(edge):
        return leaving if source != lane else "", entering if lane != target else ""
    if source == target:
        return "", ""
    return (leaving, "") if len(graph.out_of(edge.source)) > 1 else ("", entering)


def channels_of(graph: Graph, grid: Grid) -> Channels:
    """Give every edge its tracks."""
    columns = range(min(grid.column.values()) - 1, max(grid.column.values()) + 1)
    found = Channels({column: Channel() for column in columns}, {})
    for edge in graph.edges:
        source, target = grid.row[edge.source], grid.row[edge.target]
        after, before = found.between[grid.column[edge.source]], found.between[grid.column[edge.target] - 1]
        leaving, entering = bends(edge, graph, grid)
        is_back = edge in grid.back
        if leaving:
            lane = target if after is before else grid.lane.get(edge, target)
            _use(after.leaving, leaving, source, None if is_back else lane)
        if entering:
            lane = source if after is before else grid.lane.get(edge, source)
            _use(before.entering, entering, None if is_back else lane, target)
        if is_back:
            names = found.back.setdefault(back_row(edge, grid), [])
            names += [] if entering in names else [entering]
        if edge.label:
            wide = max(text.width(line, LABEL_SIZE) for line in label_of(edge))
            after.label = max(after.label, wide + 12)
    for channel in found.between.values():
        channel.order()
    return found


def _use(tracks: list[Track], name: str, comes: int | None, goes: int | None) -> None:
    track = next((track for track in tracks if track.name == name), None)
    if track is None:
        tracks.append(track := Track(name))
    if comes is not None:
        track.comes.add(comes)
    if goes is not None:
        track.goes.add(goes)


def _sorted(tracks: list[Track]) -> list[Track]:
    """Put every track right of those it must be behind of; where two want the same, the first stays first."""
    left, found = list(tracks), []
    while left:
        track = next((one for one in left if not any(one.is_behind(other) for other in left)), left[0])
        left.remove(track)
        found.append(track)
    return found
