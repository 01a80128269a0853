"""A network as the content of an ONNX file, and whether that file says what torch says."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from models.errors import ModelError

LIMIT = 1e-4  # the largest difference of a logit from torch's


def to_onnx(
    network: nn.Module,
    inputs: Mapping[str, Tensor],
    outputs: Sequence[str],
    axes: Mapping[str, Mapping[int, str]],
) -> bytes:
    """A network as the content of an ONNX file.

    Traced: the exporter that `genre_export` uses takes an LSTM's length for a constant.

    Parameters
    ----------
    network : nn.Module
        In evaluation mode, called with the inputs in their order.
    inputs : mapping of Tensor
        Examples by name; their shapes are the model's, but for `axes`.
    outputs : sequence of str
        Their names.
    axes : mapping
        The axes that may have any length: input or output -> axis -> name.

    Returns
    -------
    bytes
    """
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        file = Path(folder) / "model.onnx"
        warnings.simplefilter("ignore")  # of the exporter about itself
        torch.onnx.export(
            network,
            tuple(inputs.values()),
            file,
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_axes={name: dict(of) for name, of in axes.items()},
            dynamo=False,
        )
        return file.read_bytes()


def largest_difference(content: bytes, network: nn.Module, inputs: Mapping[str, Tensor]) -> float:
    """How far ONNX Runtime's answer is from torch's, over all outputs.

    Parameters
    ----------
    content : bytes
        Of the ONNX file.
    network : nn.Module
        In evaluation mode, on the CPU.
    inputs : mapping of Tensor
        By name, in the order in which the network takes them.

    Returns
    -------
    float
        The largest absolute difference.
    """
    import onnxruntime

    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    taken = {entry.name for entry in session.get_inputs()}  # those that nothing hangs on are left
    found = session.run(None, {name: x.numpy() for name, x in inputs.items() if name in taken})
    with torch.inference_mode():
        wanted = network(*inputs.values())
    wanted = wanted if isinstance(wanted, tuple) else (wanted,)
    pairs = zip(wanted, found, strict=True)
    return max(float(np.abs(torch_says.numpy() - says).max()) for torch_says, says in pairs)


def check(content: bytes, network: nn.Module, inputs: Mapping[str, Tensor]) -> float:
    """`largest_difference`, refused where it is above `LIMIT`.

    Raises
    ------
    ModelError
        If the file says something else than the network.
    """
    difference = largest_difference(content, network, inputs)
    if not difference <= LIMIT:
        raise ModelError(
            f"The exported model differs from the network by {difference:.1e}, more than "
            f"{LIMIT:.0e}: it is not written."
        )
    return difference
