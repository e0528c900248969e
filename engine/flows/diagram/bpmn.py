"""A graph as BPMN 2.0 with its diagram, to be opened in any tool that reads the standard."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from engine.flows.diagram.explicit import explicit
from engine.flows.diagram.graph import Graph, GraphEdge, GraphNode
from engine.flows.diagram.layout import Box, Layout, is_task, layout_of

SPACES = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
TARGET = "urn:jinbang:flows"
for _prefix, _space in SPACES.items():
    ET.register_namespace(_prefix, _space)


def bpmn(graph: Graph) -> str:
    """Write a graph down as a BPMN document; it describes the flow, which itself runs elsewhere."""
    full = explicit(graph)
    root = ET.Element(_name("bpmn:definitions"), {"id": f"{full.name}-definitions", "targetNamespace": TARGET})
    process = _add(root, "bpmn:process", id=full.name, name=full.title, isExecutable="false")
    for node in full.nodes:
        _add_node(process, full, node)
    for edge in full.edges:
        _add_flow(process, full, edge)
    _add_diagram(root, full, layout_of(full))
    ET.indent(root)
    return ET.tostring(root, encoding="UTF-8", xml_declaration=True).decode()


def _name(name: str) -> str:
    prefix, local = name.split(":")
    return f"{{{SPACES[prefix]}}}{local}"


def _add(parent: ET.Element, name: str, text: str = "", /, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, _name(name), attributes)
    element.text = text or None
    return element


def _flow_id(edge: GraphEdge) -> str:
    return f"flow.{edge.source}.{edge.target}"


def _add_node(process: ET.Element, graph: Graph, node: GraphNode) -> None:
    element = _add(process, f"bpmn:{node.element}", id=node.id, name=node.title)
    if node.element.endswith("Gateway"):
        element.set("gatewayDirection", "Diverging" if len(graph.out_of(node.id)) > 1 else "Converging")
    for edge in graph.out_of(node.id):
        if edge.is_default:
            element.set("default", _flow_id(edge))
    for edge in graph.into(node.id):
        _add(element, "bpmn:incoming", _flow_id(edge))
    for edge in graph.out_of(node.id):
        _add(element, "bpmn:outgoing", _flow_id(edge))
    if node.kind == "timer":
        definition = _add(element, "bpmn:timerEventDefinition", id=f"{node.id}-time")
        _add_expression(definition, "bpmn:timeDate", node.detail)
    if node.kind == "start" and node is not graph.nodes[0]:
        # a process begins blank in one place only; elsewhere something arrives
        _add(element, "bpmn:messageEventDefinition", id=f"{node.id}-message")


def _add_expression(parent: ET.Element, name: str, words: str) -> None:
    _add(parent, name, words, **{_name("xsi:type"): "bpmn:tFormalExpression"})


def _add_flow(process: ET.Element, graph: Graph, edge: GraphEdge) -> None:
    flow = _add(process, "bpmn:sequenceFlow", id=_flow_id(edge), sourceRef=edge.source, targetRef=edge.target)
    if edge.label:
        flow.set("name", edge.label)
    if edge.condition and not edge.is_default:
        _add_expression(flow, "bpmn:conditionExpression", edge.condition)


def _add_diagram(root: ET.Element, graph: Graph, layout: Layout) -> None:
    diagram = _add(root, "bpmndi:BPMNDiagram", id=f"{graph.name}-diagram")
    plane = _add(diagram, "bpmndi:BPMNPlane", id=f"{graph.name}-plane", bpmnElement=graph.name)
    for placed in layout.nodes:
        shape = _add(plane, "bpmndi:BPMNShape", id=f"{placed.node.id}-shape", bpmnElement=placed.node.id)
        if placed.node.element == "exclusiveGateway":
            shape.set("isMarkerVisible", "true")
        _add_bounds(shape, placed.box)
        label = _add(shape, "bpmndi:BPMNLabel")
        if placed.title.lines and not is_task(placed.node):
            _add_bounds(label, placed.title.box)
    for line in layout.lines:
        flow = _flow_id(line.edge)
        edge = _add(plane, "bpmndi:BPMNEdge", id=f"{flow}-edge", bpmnElement=flow)
        for x, y in line.points:
            _add(edge, "di:waypoint", x=str(x), y=str(y))
        if line.label:
            _add_bounds(_add(edge, "bpmndi:BPMNLabel"), line.label.box)


def _add_bounds(parent: ET.Element, box: Box) -> None:
    _add(parent, "dc:Bounds", x=str(box.x), y=str(box.y), width=str(box.width), height=str(box.height))
