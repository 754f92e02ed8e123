"""Graphs that reach outside, grow without bound or hold broken weights are refused before they are run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import onnx
import pytest
from onnx import AttributeProto, ModelProto, TensorProto, helper, numpy_helper

from anomaly_gui.errors import InputError
from anomaly_gui.export.bundle import read_bundle, write_bundle
from anomaly_gui.export.model_check import check_model
from anomaly_gui.export.onnx_writer import write_graph, write_tile_graph
from anomaly_gui.export.runtime import BundleRuntime
from anomaly_gui.imaging.region import Region, Shape, region_mask
from anomaly_gui.scoring.normalise import Normaliser
from tests.export.sample_bundle import MANIFEST, SIDE, make_bundle
from tests.export.toy_network import Inverting


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("bundle") / "b"
    make_bundle(path)
    return read_bundle(path).model


def test_our_own_graph_is_taken(graph: bytes) -> None:
    check_model(graph, "b")


def test_a_graph_of_tiles_is_taken_where_tiles_are_meant_alone(graph: bytes) -> None:
    tiles = write_tile_graph(Inverting(), 64, 1)
    check_model(tiles, "b", by_tiles=True)
    with pytest.raises(InputError, match="it takes network_input"):
        check_model(tiles, "b")
    with pytest.raises(InputError, match="it takes image"):
        check_model(graph, "b", by_tiles=True)
    with pytest.raises(InputError, match="no size that this program gives"):
        check_model(write_tile_graph(Inverting(), 1088, 1), "b", by_tiles=True)


def _outside(model: ModelProto) -> None:
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "../../etc/passwd"


def _custom_operator(model: ModelProto) -> None:
    model.graph.node.append(helper.make_node("Run", ["image"], ["odd"], domain="com.example"))
    model.opset_import.append(helper.make_opsetid("com.example", 1))


def _huge(model: ModelProto) -> None:
    model.graph.initializer.append(numpy_helper.from_array(np.array([1 << 20, 1 << 20], np.int64), "huge"))
    model.graph.node.append(helper.make_node("ConstantOfShape", ["huge"], ["vast"]))


def _grown(model: ModelProto) -> None:
    model.graph.initializer.append(numpy_helper.from_array(np.array([1, 4096, 4096, 64], np.int64), "many"))
    model.graph.node.append(helper.make_node("Tile", ["image", "many"], ["vast"]))


def _loop(model: ModelProto) -> None:
    body = helper.make_graph([], "body", [], [])
    node = helper.make_node("Loop", ["", ""], ["round"])
    node.attribute.append(AttributeProto(name="body", type=AttributeProto.GRAPH, g=body))
    model.graph.node.append(node)


def _not_finite(model: ModelProto) -> None:
    model.graph.initializer.append(numpy_helper.from_array(np.array([1, np.nan], np.float32), "weights"))


def _lying(model: ModelProto) -> None:
    model.graph.initializer.append(numpy_helper.from_array(np.ones(4, np.float32), "weights"))
    model.graph.initializer[-1].dims[0] = 1 << 40


def _function(model: ModelProto) -> None:
    model.functions.append(
        helper.make_function(
            "", "Relu", ["x"], ["y"], [helper.make_node("Exp", ["x"], ["y"])], [helper.make_opsetid("", 18)]
        )
    )


def _other_outputs(model: ModelProto) -> None:
    model.graph.output.pop()


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (_outside, "another file"),
        (_custom_operator, "not ONNX's own"),
        (_huge, "would hold"),
        (_grown, "would hold|cannot be told"),
        (_loop, "branches or loops"),
        (_not_finite, "not finite"),
        (_lying, "says that it holds"),
        (_function, "functions of its own|refuses"),
        (_other_outputs, "gives"),
    ],
)
def test_a_graph_that_is_not_ours_is_refused_with_the_reason(
    graph: bytes, tmp_path: Path, spoil: Callable[[ModelProto], None], reason: str
) -> None:
    model = onnx.load_from_string(graph)
    spoil(model)
    write_bundle(tmp_path / "b", MANIFEST, model.SerializeToString(), b"weights")
    with pytest.raises(InputError, match=reason):
        BundleRuntime.open(tmp_path / "b")


@pytest.mark.parametrize("rubbish", [b"", b"\x80\x04\x95", b"\x08\x09" * 30, b"not a graph"])
def test_what_is_no_graph_is_refused(rubbish: bytes) -> None:
    with pytest.raises(InputError, match="model"):
        check_model(rubbish, "b")


def test_a_graph_counts_the_region_that_its_manifest_names_or_is_refused(graph: bytes, tmp_path: Path) -> None:
    left, right = (Region(inside=(Shape("rectangle", ((x, 0.0), (x + 0.5, 1.0))),)) for x in (0.0, 0.5))
    nothing = Region(left.inside, left.inside)
    as_it_is = Normaliser(np.zeros((1, 1), np.float32), np.ones((1, 1), np.float32))
    inside = region_mask(left, SIDE, SIDE)
    within = write_graph(Inverting(), SIDE, 1, MANIFEST.scoring, as_it_is, MANIFEST.threshold, inside=inside)
    wrong = "counts another region of the image than its manifest says"

    for number, (model, region, refused) in enumerate(
        [
            (within, left, ""),
            (within, right, wrong),
            (within, None, wrong),
            (graph, left, wrong),
            (within, nothing, "leaves nothing of an image"),
        ]
    ):
        path = tmp_path / f"{number}.anomaly"
        write_bundle(path, msgspec.structs.replace(MANIFEST, region=region), model, b"weights")
        if refused:
            with pytest.raises(InputError, match=refused):
                BundleRuntime.open(path, threads=1)
        else:
            BundleRuntime.open(path, threads=1)
