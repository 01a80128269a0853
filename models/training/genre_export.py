"""A genre network as a file for ONNX Runtime."""

from __future__ import annotations

import copy
import logging
import warnings
from typing import Any

import numpy as np
import torch
from torch import nn

from models.features import FeatureSettings

SMALL = 256  # arrays with fewer values are not worth a node that converts them


def export_onnx(network: nn.Module, features: FeatureSettings, *, half: bool = False) -> bytes:
    """A network as the content of `model.onnx`, (1, *window_shape) -> (1, classes).

    With `half`, weights are stored in half precision and made float32 when the file is loaded.
    """
    example = torch.zeros(1, *features.window_shape)
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)  # it misses packages we don't need
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the exporter about itself
        program = torch.onnx.export(
            copy.deepcopy(network).eval().cpu(),
            (example,),
            input_names=["frames"],
            output_names=["logits"],
            external_data=False,
            dynamo=True,
            verbose=False,
        )
    assert program is not None
    model = program.model_proto
    for node in model.graph.node:  # where in our code it comes from: a tenth of a megabyte
        del node.metadata_props[:]
        node.doc_string = ""
    if half:
        _halve(model)
    content: bytes = model.SerializeToString()
    return content


def _halve(model: Any) -> None:
    """Store large float32 weights as float16, each with a node that makes it float32 again."""
    from onnx import TensorProto, helper, numpy_helper

    casts = []
    for weight in model.graph.initializer:
        values = numpy_helper.to_array(weight)
        if values.dtype != np.float32 or values.size < SMALL:
            continue
        name = weight.name
        weight.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}_half"))
        casts.append(helper.make_node("Cast", [f"{name}_half"], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
