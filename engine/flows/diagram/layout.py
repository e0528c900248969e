"""Where everything stands, in pixels: columns and rows with channels between them in which the edges run.

Boxes fill the cells of a grid and edges bend only in the channels, so that no edge can cross a box.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from engine.flows.diagram import text
from engine.flows.diagram.channels import LABEL_SIZE, Channel, Channels, back_row, bends, channels_of, label_of
from engine.flows.diagram.graph import Graph, GraphEdge, GraphNode
from engine.flows.diagram.grid import Grid, grid_of

TASK, EVENT, GATEWAY = (136, 68), (36, 36), (44, 44)
SIZES = {"start": EVENT, "end": EVENT, "timer": EVENT, "choice": GATEWAY, "split": GATEWAY, "join": GATEWAY}
TEXT_SIZE, LINE_HEIGHT = 13, 16
INSIDE, BESIDE = 116, 104  # how wide a title in a box and a title below a sign may be
TITLE_GAP = 6
STEM, TRACK, ARROW, ROW_GAP, MARGIN = 14, 14, 20, 30, 24

Point = tuple[int, int]


@dataclass(frozen=True)
class Box:
    """A rectangle."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The x of the right side."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The y of the lower side."""
        return self.y + self.height

    @property
    def middle(self) -> Point:
        """The point in the middle."""
        return self.x + self.width // 2, self.y + self.height // 2

    def touches(self, other: Box) -> bool:
        """Say whether two boxes have a point in common."""
        beside = self.right < other.x or other.right < self.x
        return not (beside or self.bottom < other.y or other.bottom < self.y)


@dataclass(frozen=True)
class Words:
    """A text broken into lines and the box it fills."""

    lines: tuple[str, ...]
    box: Box


@dataclass(frozen=True)
class Placed:
    """A node where it stands; its title is inside a task and below any other sign."""

    node: GraphNode
    box: Box
    title: Words


@dataclass(frozen=True)
class Line:
    """An edge with its way-points, from the right side of one box to the left side of another."""

    edge: GraphEdge
    points: tuple[Point, ...]
    label: Words | None


@dataclass(frozen=True)
class Layout:
    """Everything of one picture."""

    width: int
    height: int
    nodes: tuple[Placed, ...]
    lines: tuple[Line, ...]


@dataclass
class Frame:
    """Left and right sides of columns, and of each row the middle and the lower side."""

    left: dict[int, int] = field(default_factory=dict)
    right: dict[int, int] = field(default_factory=dict)
    middle: dict[int, int] = field(default_factory=dict)
    bottom: dict[int, int] = field(default_factory=dict)
    width: int = 0
    height: int = 0


@dataclass(frozen=True)
class Plan:
    """What the way-points of an edge follow from."""

    graph: Graph
    grid: Grid
    channels: Channels
    frame: Frame


def layout_of(graph: Graph) -> Layout:
    """Lay a graph out; the same graph always gives the same picture."""
    grid = grid_of(graph)
    titles = {node.id: _title(node) for node in graph.nodes}
    channels = channels_of(graph, grid)
    frame = _frame(graph, grid, channels, titles)
    placed = {node.id: _placed(node, grid, frame, titles[node.id]) for node in graph.nodes}
    plan = Plan(graph, grid, channels, frame)
    lines = _spread([_line(edge, plan, placed) for edge in graph.edges])
    return Layout(frame.width, frame.height, tuple(placed.values()), lines)


def is_task(node: GraphNode) -> bool:
    """Say whether a node is a box with its title inside."""
    return node.kind not in SIZES


def _title(node: GraphNode) -> tuple[str, ...]:
    if is_task(node):
        return text.wrap(node.title, TEXT_SIZE, INSIDE)
    return text.wrap(node.title, LABEL_SIZE, BESIDE)


def _wide(lines: Iterable[str], size: int) -> int:
    return max((text.width(line, size) for line in lines), default=0)


def _size(node: GraphNode) -> tuple[int, int]:
    return SIZES.get(node.kind, TASK)


def _frame(graph: Graph, grid: Grid, channels: Channels, titles: dict[str, tuple[str, ...]]) -> Frame:
    frame = Frame()
    x = MARGIN
    for column, channel in channels.between.items():
        inside = [node for node in graph.nodes if grid.column[node.id] == column]
        wide = [max(_size(node)[0], 0 if is_task(node) else _wide(titles[node.id], LABEL_SIZE)) for node in inside]
        frame.left[column] = x
        frame.right[column] = x = x + max(wide, default=0)
        if inside:
            x += STEM + len(channel.leaving) * TRACK + channel.label
        x += len(channel.entering) * TRACK + (ARROW if column + 1 in grid.column.values() else 0)
    frame.width = x + MARGIN
    used = {*grid.row.values(), *grid.lane.values()}
    y = MARGIN
    for row in range(min(used) - 1, max(used) + 1):
        inside = [node for node in graph.nodes if grid.row[node.id] == row]
        half = max((_half(node, titles[node.id]) for node in inside), default=0)
        for edge in graph.edges:
            if edge.label and row == (back_row(edge, grid) if edge in grid.back else grid.lane[edge]):
                half = max(half, len(label_of(edge)) * LINE_HEIGHT + 4)
        half = max(half, 10 if row in used else 0)
        frame.middle[row] = y + half
        frame.bottom[row] = y = y + 2 * half
        y += len(channels.back.get(row, ())) * TRACK + (ROW_GAP if row in used else 0)
    frame.height = y - ROW_GAP + MARGIN + (TRACK if channels.back.get(max(used)) else 0)
    return frame


def _half(node: GraphNode, title: tuple[str, ...]) -> int:
    """Return how far a node reaches from the middle of its row; its title below counts, and as much above."""
    below = 0 if is_task(node) else TITLE_GAP + len(title) * LINE_HEIGHT
    return _size(node)[1] // 2 + below


def _placed(node: GraphNode, grid: Grid, frame: Frame, title: tuple[str, ...]) -> Placed:
    column, (width, height) = grid.column[node.id], _size(node)
    middle = (frame.left[column] + frame.right[column]) // 2
    box = Box(middle - width // 2, frame.middle[grid.row[node.id]] - height // 2, width, height)
    wide, high = _wide(title, TEXT_SIZE if is_task(node) else LABEL_SIZE), len(title) * LINE_HEIGHT
    top = box.middle[1] - high // 2 if is_task(node) else box.bottom + TITLE_GAP
    return Placed(node, box, Words(title, Box(middle - wide // 2, top, wide, high)))


def _line(edge: GraphEdge, plan: Plan, placed: dict[str, Placed]) -> Line:
    grid, channels, frame = plan.grid, plan.channels, plan.frame
    source, target = placed[edge.source].box, placed[edge.target].box
    begin, end = (source.right, source.middle[1]), (target.x, target.middle[1])
    column, next_column = grid.column[edge.source], grid.column[edge.target]
    leaving, entering = bends(edge, plan.graph, grid)
    after = channels.between[column]
    out = _place_of(leaving, after, column, frame) if leaving else None
    into = _place_of(entering, channels.between[next_column - 1], next_column - 1, frame) if entering else None
    if edge in grid.back:
        row = back_row(edge, grid)
        lane = frame.bottom[row] + TRACK * (1 + channels.back[row].index(entering))
    elif grid.between(edge):
        lane = frame.middle[grid.lane[edge]]
    else:
        lane = end[1] if leaving else begin[1]
    first = [] if out is None else [(out, begin[1]), (out, lane)]
    last = [] if into is None else [(into, lane), (into, end[1])]
    label = _label(edge, lane, frame.right[column] + STEM + len(after.leaving) * TRACK)
    return Line(edge, _tidy([begin, *first, *last, end]), label)


def _place_of(name: str, channel: Channel, column: int, frame: Frame) -> int:
    """Return the x of a track in the channel to the right of a column."""
    names = [track.name for track in channel.leaving]
    if name in names:
        return frame.right[column] + STEM + names.index(name) * TRACK
    names = [track.name for track in channel.entering]
    return frame.left[column + 1] - ARROW - (len(names) - 1 - names.index(name)) * TRACK


def _label(edge: GraphEdge, lane: int, x: int) -> Words | None:
    """Write above the line, where it has left its fork."""
    if not edge.label:
        return None
    lines = label_of(edge)
    high = len(lines) * LINE_HEIGHT
    return Words(lines, Box(x - 8, lane - 4 - high, _wide(lines, LABEL_SIZE), high))


def _spread(lines: list[Line]) -> tuple[Line, ...]:
    """Move labels that would cover others along the channel, towards where their edges come from."""
    found: list[Line] = []
    for line in lines:
        label = line.label
        if label is None:
            found.append(line)
            continue
        box, others = label.box, [one.label.box for one in found if one.label]
        step = LINE_HEIGHT // 2 if line.points[0][1] > box.bottom + LINE_HEIGHT else -LINE_HEIGHT // 2
        while any(box.touches(other) for other in others):
            box = replace(box, y=box.y + step)
        found.append(replace(line, label=replace(label, box=box)))
    return tuple(found)


def _tidy(points: list[Point]) -> tuple[Point, ...]:
    """Leave out points that repeat or lie on a straight line."""
    kept: list[Point] = []
    for point in points:
        if kept and kept[-1] == point:
            continue
        if len(kept) > 1 and (kept[-2][0] == kept[-1][0] == point[0] or kept[-2][1] == kept[-1][1] == point[1]):
            kept[-1] = point
        else:
            kept.append(point)
    return tuple(kept)
