from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from onnx import ModelProto, TensorProto, helper, numpy_helper

from anomaly_gui.detectors.backbone.onnx_check import LARGEST_VALUE, Unfit, inputs_of, require_bounded, require_plain
from tests.detectors.backbone.sample_network import constant, replaced, sample

Change = Callable[[ModelProto], object]


def picture(side: int) -> list[int]:
    return [1, 3, side, side]


def external(model: ModelProto) -> None:
    weight = constant(model)
    weight.ClearField("raw_data")
    weight.data_location = TensorProto.EXTERNAL
    entry = weight.external_data.add()
    entry.key, entry.value = "location", "../../secrets.bin"


def giant(model: ModelProto) -> None:
    constant(model).dims[0] = 1 << 40


def in_halves(model: ModelProto) -> None:
    weight = numpy_helper.to_array(constant(model)).astype(np.float16)
    constant(model).CopyFrom(numpy_helper.from_array(weight, "weight_0"))


def looping(model: ModelProto) -> None:
    body = helper.make_graph([], "body", [], [])
    replaced(model).graph.node[7].attribute.append(helper.make_attribute("body", body))


def hidden(model: ModelProto) -> None:
    """A lie in a constant that is a node's attribute."""
    lying = numpy_helper.from_array(np.zeros(3, np.float32))
    lying.dims[0] = 3_000_000_000
    model.graph.node.append(helper.make_node("Constant", [], ["unused"], value=lying))


REFUSED: dict[str, tuple[Change, str]] = {
    "nothing": (lambda model: model.ClearField("graph"), "not an ONNX file, or holds no network"),
    "external": (external, "its weights lie in another file (weight_0)"),
    "giant": (giant, "weight_0 says that it holds 29,686,813,949,952 numbers, and holds 108"),
    "hidden": (hidden, "says that it holds 3,000,000,000 numbers, and holds 3"),
    "halves": (in_halves, "weight_0 holds numbers of kind 10"),
    "custom": (lambda model: replaced(model, domain="com.example"), "Relu of com.example, which is not ONNX's own"),
    "random": (lambda model: replaced(model, op_type="Bernoulli"), "it draws at random (Bernoulli)"),
    "loop": (looping, "it branches or loops (Relu)"),
    "unknown": (lambda model: replaced(model, op_type="Wibble"), "ONNX's own check refuses it"),
    "dangling": (lambda model: model.graph.initializer.pop(), "ONNX's own check refuses it"),
}


def test_an_ordinary_network_is_plain_and_bounded() -> None:
    require_plain(sample())
    require_bounded(sample(), picture(256))


@pytest.mark.parametrize("how", REFUSED)
def test_what_is_not_plain_is_refused_with_the_cause(how: str) -> None:
    change, cause = REFUSED[how]
    model = sample()
    change(model)
    with pytest.raises(Unfit) as caught:
        require_plain(model)
    assert cause in caught.value.cause
    assert caught.value.next_step


def grown(shape: list[int]) -> ModelProto:
    model = sample()
    model.graph.initializer.append(numpy_helper.from_array(np.array(shape, np.int64), "shape"))
    model.graph.node.append(helper.make_node("ConstantOfShape", ["shape"], ["grown"]))
    return model


def test_a_result_that_would_fill_the_memory_is_refused_without_running_it() -> None:
    require_bounded(grown([1 << 10, 1 << 10]), picture(64))
    with pytest.raises(Unfit, match="grown would hold 1,099,511,627,776 numbers"):
        require_bounded(grown([1 << 20, 1 << 20]), picture(64))


def test_a_result_of_unknown_size_is_refused() -> None:
    model = sample()
    model.graph.node.append(helper.make_node("NonZero", ["coarse"], ["places"]))
    model.graph.node.append(helper.make_node("ConstantOfShape", ["places"], ["grown"]))
    with pytest.raises(Unfit, match="how large ConstantOfShape makes grown cannot be told"):
        require_bounded(model, picture(64))


def test_what_is_bounded_depends_on_the_picture() -> None:
    side = 2 * int((LARGEST_VALUE / 4) ** 0.5)
    require_bounded(sample(), picture(side))
    with pytest.raises(Unfit, match="would hold"):
        require_bounded(sample(), picture(2 * side))


def test_constants_among_the_inputs_are_none() -> None:
    model = sample()
    weight = constant(model)
    model.graph.input.append(helper.make_tensor_value_info(weight.name, TensorProto.FLOAT, list(weight.dims)))
    assert [value.name for value in inputs_of(model.graph)] == ["picture"]
