"""Puts the networks of ONNX files in the places that a traced detector keeps free for them."""

from __future__ import annotations

import onnx
from onnx import ModelProto, NodeProto
from torch import nn

from anomaly_gui.detectors.backbone.onnx_file import OnnxBackbone
from anomaly_gui.detectors.backbone.onnx_trunk import DOMAIN, OPERATOR, OnnxTrunk


def graft(model: ModelProto, network: nn.Module) -> None:
    """Replace each node that stands for a file's network by that network, in place.

    *network* is the detector's module that *model* was traced from; both have the same operator set. Weights are
    stored once, however often the network occurs.
    """
    files = {part.file.sha256: part.file for part in network.modules() if isinstance(part, OnnxTrunk)}
    if not files:
        return
    prefixes = {sha256: f"backbone_{number}_" for number, sha256 in enumerate(files)}
    nodes: list[NodeProto] = []
    for place, node in enumerate(model.graph.node):
        if (node.domain, node.op_type) != (DOMAIN, OPERATOR):
            nodes.append(node)
            continue
        [named] = node.attribute
        sha256 = named.s.decode()
        nodes += _nodes(files[sha256], node, prefixes[sha256], f"{prefixes[sha256]}{place}_")
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    for sha256, file in files.items():
        for tensor in onnx.load_from_string(file.model).graph.initializer:
            tensor.name = prefixes[sha256] + tensor.name
            model.graph.initializer.append(tensor)
    own = [entry for entry in model.opset_import if entry.domain != DOMAIN]
    del model.opset_import[:]
    model.opset_import.extend(own)


def _nodes(file: OnnxBackbone, place: NodeProto, shared: str, own: str) -> list[NodeProto]:
    """The network's nodes between the values that *place* takes and gives; *shared* and *own* begin the names of
    its weights and of its values."""
    graph = onnx.load_from_string(file.model).graph
    names = {"": "", file.input_name: place.input[0]}
    names |= {tensor.name: shared + tensor.name for tensor in graph.initializer}
    # A map that nobody looks at has no name in the place, and keeps its own.
    names |= {output.name: to for output, to in zip(graph.output, place.output, strict=True) if to}
    made = []
    for number, node in enumerate(graph.node):
        copy = NodeProto()
        copy.CopyFrom(node)
        copy.name = f"{own}{number}"
        copy.input[:] = [names.get(name, own + name) for name in node.input]
        copy.output[:] = [names.get(name, own + name) for name in node.output]
        made.append(copy)
    return made
