from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper

from anomaly_gui.detectors.backbone import onnx_file
from anomaly_gui.detectors.backbone.onnx_file import opened
from anomaly_gui.detectors.tracing import OPSET
from anomaly_gui.errors import InputError
from tests.detectors.backbone.sample_network import CHANNELS, MAPS, sample, write_sample


def test_what_a_file_gives_is_found_from_fine_to_coarse(tmp_path: Path) -> None:
    path = write_sample(tmp_path / "net.onnx")
    found = opened(path)
    assert [(one.name, one.channels, one.cell_px) for one in found.maps] == [
        (name, channels, cell) for name, channels, cell in zip(MAPS, CHANNELS, (8, 16), strict=True)
    ]
    assert (found.fixed_side, found.one_at_a_time) == (None, False)
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_sizes_that_are_fixed_are_known(tmp_path: Path) -> None:
    found = opened(write_sample(tmp_path / "net.onnx", side=64, batch=1))
    assert (found.fixed_side, found.one_at_a_time) == (64, True)


@pytest.mark.parametrize("opset", [9, 13, 18, 20])
def test_it_is_brought_to_our_operator_set_and_cut_without_changing_a_map(tmp_path: Path, opset: int) -> None:
    path = write_sample(tmp_path / "net.onnx", opset=opset, outputs="coarse")
    model = onnx.load_from_string(opened(path).model)
    assert model.opset_import[0].version == OPSET
    assert {node.op_type for node in model.graph.node} == {"Conv", "Relu"}
    images = np.random.default_rng(1).random((2, 3, 80, 80), dtype=np.float32)
    ours, theirs = (
        onnxruntime.InferenceSession(data).run(["coarse"], {"picture": images})[0]
        for data in (model.SerializeToString(), path.read_bytes())
    )
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


def test_functions_of_the_file_s_own_are_written_out(tmp_path: Path) -> None:
    model = sample(opset=18)
    body = [helper.make_node("Relu", ["x"], ["y"])]
    model.functions.append(helper.make_function("own", "Active", ["x"], ["y"], body, [helper.make_opsetid("", 18)]))
    model.opset_import.append(helper.make_opsetid("own", 1))
    node = next(one for one in model.graph.node if one.output[0] == "fine")
    node.op_type, node.domain = "Active", "own"
    path = tmp_path / "net.onnx"
    path.write_bytes(model.SerializeToString())
    assert len(opened(path).maps) == 2


REFUSED = {
    "class alone": ({"outputs": "class"}, "none of its outputs is a map of features"),
    "grey": ({"channels": 1}, "its input is (N, 1, side, side), not a colour picture (N, 3, H, W)"),
    "four at once": ({"batch": 4}, "it takes 4 pictures at once"),
    "huge pictures": ({"side": 4096}, "it takes pictures of 4096 px"),
}


@pytest.mark.parametrize("how", REFUSED)
def test_a_network_that_does_not_fit_is_refused_by_name_with_the_next_step(tmp_path: Path, how: str) -> None:
    wanted, cause = REFUSED[how]
    with pytest.raises(InputError) as caught:
        opened(write_sample(tmp_path / "net.onnx", **wanted))
    assert caught.value.what.endswith("net.onnx")
    assert cause in caught.value.cause
    assert caught.value.next_step


def test_two_inputs_are_refused(tmp_path: Path) -> None:
    model = sample()
    model.graph.input.append(helper.make_tensor_value_info("more", TensorProto.FLOAT, [1]))
    path = tmp_path / "net.onnx"
    path.write_bytes(model.SerializeToString())
    with pytest.raises(InputError, match="it wants 2 inputs, not one picture"):
        opened(path)


def test_weights_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    model = sample()
    model.graph.initializer[0].raw_data = np.full((4, 3, 3, 3), np.nan, np.float32).tobytes()
    path = tmp_path / "net.onnx"
    path.write_bytes(model.SerializeToString())
    with pytest.raises(InputError, match="its output fine holds what is no number"):
        opened(path)


def test_a_file_that_is_missing_a_folder_or_too_large_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match=r"gone\.onnx: there is no such file"):
        opened(tmp_path / "gone.onnx")
    with pytest.raises(InputError, match="this is a folder"):
        opened(tmp_path)
    monkeypatch.setattr(onnx_file, "LARGEST_BYTES", 1000)
    with pytest.raises(InputError, match="256 MB is the most"):
        opened(write_sample(tmp_path / "net.onnx"))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_file_is_used_or_refused_with_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    content = bytearray(sample().SerializeToString())
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("damaged") / "net.onnx"
    path.write_bytes(content[: data.draw(st.integers(1, len(content)))])
    refused = None
    try:
        assert opened(path).maps
    except InputError as error:
        refused = error
    assert refused is None or refused.what.endswith("net.onnx")
