"""Writes the trained network as ONNX, batch normalisation folded into its convolutions, and checks the copy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from ivr.acoustic.features import BANDS, STRIDE
from ivr.acoustic.model_file import MADE_FOR, AcousticModel
from ivr.acoustic.phones import PHONES
from ivr.training.network import DILATIONS, Block, Network, frames_out

OPSET = 17


def export(weights: Path, path: Path) -> None:
    """Read PyTorch weights and write the model.

    Raises:
        ValueError: the written model does not give what the network gives.
    """
    network = Network().eval()
    network.load_state_dict(torch.load(weights, weights_only=True))
    nodes = [helper.make_node("Transpose", ["features"], ["x"], perm=[0, 2, 1])]
    kept: dict[str, NDArray[np.float32]] = {}
    kept["front.w"], kept["front.b"] = _folded(network.front, network.norm)
    nodes += _conv("front", "x", "f", stride=STRIDE, pads=3)
    nodes.append(helper.make_node("Relu", ["f"], ["x0"]))
    for place, (dilation, block) in enumerate(zip(DILATIONS, network.blocks, strict=True)):
        assert isinstance(block, Block)
        name = f"block{place}"
        kept[f"{name}.w"], kept[f"{name}.b"] = _folded(block.conv, block.norm)
        nodes += _conv(name, f"x{place}", f"c{place}", pads=2 * dilation, dilation=dilation)
        nodes.append(helper.make_node("Relu", [f"c{place}"], [f"r{place}"]))
        nodes.append(helper.make_node("Add", [f"x{place}", f"r{place}"], [f"x{place + 1}"]))
    kept["out.w"] = network.out.weight.detach().numpy()
    kept["out.b"] = (
        network.out.bias.detach().numpy() if network.out.bias is not None else np.zeros(len(PHONES), np.float32)
    )
    nodes += _conv("out", f"x{len(DILATIONS)}", "o", pads=0)
    nodes.append(helper.make_node("Transpose", ["o"], ["t"], perm=[0, 2, 1]))
    nodes.append(helper.make_node("LogSoftmax", ["t"], ["log_probabilities"], axis=-1))
    graph = helper.make_graph(
        nodes,
        "huduma-ctc",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["batch", "frames", BANDS])],
        [helper.make_tensor_value_info("log_probabilities", TensorProto.FLOAT, ["batch", "steps", len(PHONES)])],
        [numpy_helper.from_array(np.ascontiguousarray(value), name) for name, value in kept.items()],
    )
    write(graph, MADE_FOR, path)
    _check(network, path)


def write(graph: onnx.GraphProto, made_for: dict[str, str], path: Path) -> None:
    """Write a network with what it was made for, once it was found to be one."""
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)
    helper.set_model_props(model, made_for)
    onnx.checker.check_model(model)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(model.SerializeToString())


def _folded(conv: nn.Conv1d, norm: nn.BatchNorm1d) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    assert norm.running_var is not None
    assert norm.running_mean is not None
    scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    weight = conv.weight * scale[:, None, None]
    bias = norm.bias - norm.running_mean * scale
    return weight.detach().numpy(), bias.detach().numpy()


def _conv(name: str, given: str, gives: str, pads: int, stride: int = 1, dilation: int = 1) -> list[onnx.NodeProto]:
    settings = {"strides": [stride], "pads": [pads, pads], "dilations": [dilation]}
    return [helper.make_node("Conv", [given, f"{name}.w", f"{name}.b"], [gives], **settings)]


def _check(network: Network, path: Path) -> None:
    features = np.random.default_rng(1).normal(0, 2, (97, BANDS)).astype(np.float32)
    with torch.no_grad():
        expected = network(torch.from_numpy(features)[None], torch.ones(1, 1, frames_out(97)))[0].numpy()
    if np.abs(AcousticModel(path).log_probabilities(features) - expected).max() > 1e-3:
        raise ValueError("the exported model differs from the network")
