"""Measures exported models in ONNX Runtime against torch, one thread each, in one run.

    python tests/bench/bench_onnx.py [passes]

The shipped genre model (a window), AR-CNN and LSTM (16 bars). Prints how far the logits are apart
and the CPU time of a pass, the median of many, taken turn by turn.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import onnxruntime
import torch

import resources
from models.model_folder import load_network
from models.training.export import export_network, genre_inputs, score_inputs
from models.training.onnx_file import largest_difference

N_STEPS = 256  # 16 bars of 4/4


def cpu_s(work: Callable[[], Any]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def session_of(content: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def measure(name: str, n_passes: int) -> None:
    folder = resources.path("models", name)
    card, network = load_network(folder)
    network.eval()
    is_genre = card.kind == "genre"
    inputs = genre_inputs(card, seed=1) if is_genre else score_inputs(card, n_steps=N_STEPS, seed=1)
    content = export_network(folder).content
    session = session_of(content)
    names = {entry.name for entry in session.get_inputs()}
    arrays = {key: value.numpy() for key, value in inputs.items() if key in names}
    ours, torch_s = [], []
    with torch.inference_mode():
        for _ in range(n_passes):
            ours.append(cpu_s(lambda: session.run(None, arrays)))
            torch_s.append(cpu_s(lambda: network(*inputs.values())))
    onnx_ms, torch_ms = 1e3 * statistics.median(ours), 1e3 * statistics.median(torch_s)
    apart = largest_difference(content, network, inputs)
    sys.stdout.write(
        f"{name:<10} ONNX Runtime {onnx_ms:6.2f} ms   torch {torch_ms:6.2f} ms of CPU   "
        f"ratio {onnx_ms / torch_ms:4.2f}   {apart:.1e} apart\n"
    )


def main() -> None:
    torch.set_num_threads(1)
    n_passes = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    for name in ("genre-cnn", "ar-cnn", "lstm"):
        measure(name, n_passes)


if __name__ == "__main__":
    main()
