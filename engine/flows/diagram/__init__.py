"""Every flow draws itself: as a picture for people, as BPMN for other tools."""

from engine.flows.diagram.bpmn import bpmn
from engine.flows.diagram.find import flow_named, flows
from engine.flows.diagram.graph import graph_of
from engine.flows.diagram.svg import svg

__all__ = ["bpmn", "flow_named", "flows", "graph_of", "svg"]
