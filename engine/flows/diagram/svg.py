"""A graph as a picture in the product's look; it needs no style sheet, and its classes let one restyle it."""

from __future__ import annotations

from collections.abc import Collection
from xml.etree import ElementTree as ET

from django.utils.translation import gettext as _

from engine.flows.diagram.channels import LABEL_SIZE
from engine.flows.diagram.graph import Graph
from engine.flows.diagram.layout import (
    LINE_HEIGHT,
    TEXT_SIZE,
    Box,
    Line,
    Placed,
    Point,
    Words,
    is_task,
    layout_of,
)

BRAND, BRAND_TINT, GOLD, GOLD_SOFT, GOLD_TEXT = "#C8161D", "#FDECEA", "#D99A0B", "#FFF3D6", "#3A2500"
SURFACE, BORDER, EDGE, INK, MUTED = "#FFFFFF", "#C3C7CD", "#9BA1A9", "#1F2329", "#5A6069"
FONT = "system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"
BEND = 8
ICONS = {  # drawn in a square of 14
    "approval": "M2 7.5 L5.5 11 L12 3.5",
    "person": "M7 7 A3 3 0 1 0 7 1 A3 3 0 1 0 7 7 M1.5 13 C1.5 6.8 12.5 6.8 12.5 13",
    "work": "M8 0.5 L3 8 L6.5 8 L5.5 13.5 L11 5.5 L7.2 5.5 Z",
}


def svg(graph: Graph, *, done: Collection[str] = (), current: Collection[str] = ()) -> str:
    """Draw a graph: gold where a process has been, red where it is; both name nodes by id."""
    layout = layout_of(graph)
    states = {node.id: _state(node.id, done, current) for node in graph.nodes}
    root = ET.Element("svg", {
        "xmlns": "http://www.w3.org/2000/svg", "class": "flow-diagram", "role": "img",
        "width": str(layout.width), "height": str(layout.height), "viewBox": f"0 0 {layout.width} {layout.height}",
        "font-family": FONT, "font-size": str(TEXT_SIZE),
    })  # fmt: skip
    ET.SubElement(root, "title").text = graph.title
    ET.SubElement(root, "desc").text = _summary(graph, states)
    ET.SubElement(
        root, "rect", _attributes("flow-ground", Box(0, 0, layout.width, layout.height), rx="12", fill=SURFACE)
    )
    for placed in layout.nodes:
        if states[placed.node.id] == "current":  # below the edges, whose arrows end on it
            _draw_halo(root, placed)
    walked = {"done", "current"}
    for line in sorted(layout.lines, key=lambda line: _is_walked(line, states, walked)):
        _draw_line(root, line, is_walked=_is_walked(line, states, walked))
    for placed in layout.nodes:
        _draw_node(root, placed, states[placed.node.id])
    return ET.tostring(root, encoding="unicode")


def _state(node: str, done: Collection[str], current: Collection[str]) -> str:
    return "current" if node in current else "done" if node in done else "open"


def _summary(graph: Graph, states: dict[str, str]) -> str:
    now = ", ".join(node.title for node in graph.nodes if states[node.id] == "current")
    steps = ", ".join(node.title for node in graph.nodes)
    if not now:
        return _("Steps: %(steps)s.") % {"steps": steps}
    return _("Now at: %(now)s. Steps: %(steps)s.") % {"now": now, "steps": steps}


def _is_walked(line: Line, states: dict[str, str], walked: Collection[str]) -> bool:
    return states[line.edge.source] == "done" and states[line.edge.target] in walked


def _attributes(name: str, box: Box, **more: str) -> dict[str, str]:
    place = {"x": str(box.x), "y": str(box.y), "width": str(box.width), "height": str(box.height)}
    return {"class": name, **place, **{key.replace("_", "-"): value for key, value in more.items()}}


def _draw_line(root: ET.Element, line: Line, *, is_walked: bool) -> None:
    colour = GOLD if is_walked else EDGE
    group = ET.SubElement(root, "g", {"class": "flow-edge is-done" if is_walked else "flow-edge"})
    x, y = line.points[-1]
    points = [*line.points[:-1], (x - 7, y)]
    stroke = {
        "fill": "none",
        "stroke": colour,
        "stroke-width": "2.5" if is_walked else "1.5",
        "stroke-linejoin": "round",
    }
    ET.SubElement(group, "path", {"class": "flow-line", "d": _path(points), **stroke})
    ET.SubElement(
        group, "path", {"class": "flow-arrow", "d": f"M{x - 9} {y - 5} L{x} {y} L{x - 9} {y + 5} Z", "fill": colour}
    )
    if line.label:
        _write(group, line.label, LABEL_SIZE, MUTED, "flow-label")


def _path(points: list[Point]) -> str:
    """Return a path with its corners rounded."""
    steps = [f"M{points[0][0]} {points[0][1]}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        room = min(_far(before, corner), _far(corner, after)) // 2
        near, next_ = _towards(corner, before, min(BEND, room)), _towards(corner, after, min(BEND, room))
        steps.append(f"L{near[0]} {near[1]} Q{corner[0]} {corner[1]} {next_[0]} {next_[1]}")
    return " ".join([*steps, f"L{points[-1][0]} {points[-1][1]}"])


def _far(one: Point, other: Point) -> int:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def _towards(start: Point, goal: Point, distance: int) -> Point:
    x, y = ((goal[axis] > start[axis]) - (goal[axis] < start[axis]) for axis in (0, 1))
    return start[0] + x * distance, start[1] + y * distance


def _draw_node(root: ET.Element, placed: Placed, state: str) -> None:
    node, box = placed.node, placed.box
    fill = {"current": BRAND, "done": GOLD_SOFT, "open": SURFACE}[state]
    border = {"current": BRAND, "done": GOLD, "open": BORDER}[state]
    ink = {"current": SURFACE, "done": GOLD_TEXT, "open": INK}[state]
    group = ET.SubElement(root, "g", {"class": f"flow-node is-{node.kind} is-{state}"})
    ET.SubElement(group, "title").text = _spoken(node.title, state)
    look = {"fill": fill, "stroke": border, "stroke-width": "1.5" if state == "open" else "2"}
    if node.kind == "end":
        look["stroke-width"] = "4"
    _shape(group, node.kind, box, {"class": "flow-shape", **look})
    sign = {"fill": "none", "stroke": MUTED if state == "open" else ink, "stroke-width": "1.6", "stroke-linejoin": "round",
            "stroke-linecap": "round"}  # fmt: skip
    _sign(group, placed, sign)
    _write(group, placed.title, TEXT_SIZE if is_task(node) else LABEL_SIZE, ink if is_task(node) else INK, "flow-title",
           weight="600" if state == "current" else "400")  # fmt: skip
    if state == "done":
        _tick(group, box)


def _draw_halo(root: ET.Element, placed: Placed) -> None:
    box = placed.box
    halo = Box(box.x - 6, box.y - 6, box.width + 12, box.height + 12)
    _shape(root, placed.node.kind, halo, {"class": "flow-halo", "fill": BRAND_TINT, "stroke": "none"})


def _spoken(title: str, state: str) -> str:
    if state == "open":
        return title
    return f"{title}: {_('now') if state == 'current' else _('done')}"


def _shape(group: ET.Element, kind: str, box: Box, look: dict[str, str]) -> None:
    x, y = box.middle
    if kind in {"start", "end", "timer"}:
        ET.SubElement(group, "circle", {**look, "cx": str(x), "cy": str(y), "r": str(box.width // 2)})
    elif kind in {"choice", "split", "join"}:
        ET.SubElement(group, "path", {**look, "d": f"M{x} {box.y} L{box.right} {y} L{x} {box.bottom} L{box.x} {y} Z"})
    else:
        name = look.pop("class")
        ET.SubElement(group, "rect", {**_attributes(name, box, rx="12"), **look})


def _sign(group: ET.Element, placed: Placed, look: dict[str, str]) -> None:
    """Draw what tells the kinds apart."""
    (x, y), kind = placed.box.middle, placed.node.kind
    name = {"class": "flow-sign"}
    if kind == "timer":
        ET.SubElement(group, "circle", {**name, **look, "cx": str(x), "cy": str(y), "r": "11"})
        ET.SubElement(group, "path", {**name, **look, "d": f"M{x} {y - 6} L{x} {y} L{x + 5} {y + 2}"})
    elif kind == "start":
        ET.SubElement(group, "path", {**name, **look, "d": f"M{x - 4} {y - 6} L{x + 6} {y} L{x - 4} {y + 6} Z"})
    elif kind == "choice":
        ET.SubElement(
            group, "path", {**name, **look, "d": f"M{x - 6} {y - 6} L{x + 6} {y + 6} M{x + 6} {y - 6} L{x - 6} {y + 6}"}
        )
    elif kind in {"split", "join"}:
        ET.SubElement(group, "path", {**name, **look, "d": f"M{x} {y - 8} L{x} {y + 8} M{x - 8} {y} L{x + 8} {y}"})
    elif kind in ICONS:
        place = f"translate({placed.box.x + 8} {placed.box.y + 7})"
        ET.SubElement(group, "path", {**name, **look, "stroke-width": "1.4", "d": ICONS[kind], "transform": place})


def _tick(group: ET.Element, box: Box) -> None:
    """Mark what is done by more than its colour."""
    x, y = box.right - 2, box.y + 2
    ET.SubElement(group, "circle", {"class": "flow-tick", "cx": str(x), "cy": str(y), "r": "9", "fill": GOLD, "stroke": SURFACE,
                                    "stroke-width": "2"})  # fmt: skip
    ET.SubElement(group, "path", {"class": "flow-tick-sign", "d": f"M{x - 4} {y} L{x - 1} {y + 3} L{x + 4} {y - 3}", "fill": "none",
                                  "stroke": SURFACE, "stroke-width": "2", "stroke-linecap": "round"})  # fmt: skip


def _write(group: ET.Element, words: Words, size: int, colour: str, name: str, *, weight: str = "400") -> None:
    is_label = name == "flow-label"
    x = words.box.x if is_label else words.box.middle[0]
    look = {"class": name, "fill": colour, "font-size": str(size), "font-weight": weight}
    element = ET.SubElement(group, "text", {**look, "text-anchor": "start" if is_label else "middle"})
    for number, line in enumerate(words.lines):
        y = words.box.y + number * LINE_HEIGHT + 12
        ET.SubElement(element, "tspan", {"x": str(x), "y": str(y)}).text = line
