"""Layers that look at a whole batch, made to do so where several processes have its rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch import distributed as group
from torch.nn import functional as F


@dataclass(slots=True)
class Place:
    """Where this process's rows are in the batch: the loop says so before each step."""

    first: int = 0
    n_rows: int = 0
    n_all: int = 0


def share_layers(network: nn.Module, place: Place) -> None:
    """Replace a network's normalisations and dropouts by those of whole batches, in place.

    Weights stay the same objects, and their names the same.
    """
    for module in list(network.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, nn.BatchNorm2d):
                setattr(module, name, SharedBatchNorm.like(child))
            elif isinstance(child, nn.Dropout | nn.Dropout2d):
                setattr(module, name, SharedDropout(child, place))


class SharedDropout(nn.Module):
    """Draws for the whole batch, as one process would, and uses what is for its own rows.

    Input and output: (rows, ...); what has another number of rows is dropped as ever.
    """

    def __init__(self, layer: nn.Dropout | nn.Dropout2d, place: Place) -> None:
        super().__init__()
        self.p = layer.p
        self._is_by_channel = isinstance(layer, nn.Dropout2d)
        self._place = place

    def forward(self, x: Tensor) -> Tensor:
        place = self._place
        if len(x) != place.n_rows:
            drop = F.dropout2d if self._is_by_channel else F.dropout
            return drop(x, self.p, self.training)
        if not self.training or self.p == 0:
            return x
        kept = self._empty(x).bernoulli_(1 - self.p).div_(1 - self.p)
        return x * kept[place.first : place.first + place.n_rows]

    def _empty(self, x: Tensor) -> Tensor:
        """Room for all rows, in memory as those of `x` are: random numbers come in that order."""
        if self._is_by_channel:
            return x.new_empty(self._place.n_all, x.shape[1], *[1] * (x.ndim - 2))
        order = sorted(range(x.ndim), key=x.stride, reverse=True)
        sizes = [self._place.n_all, *x.shape[1:]]
        back = [order.index(axis) for axis in range(x.ndim)]
        return x.new_empty([sizes[axis] for axis in order]).permute(back)


class SharedBatchNorm(nn.BatchNorm2d):
    """`nn.BatchNorm2d` with the mean and variance of all processes' rows, on any device.

    Source
    ------
    The formulas are those of `torch.nn.SyncBatchNorm`, which runs on GPUs alone; variances are
    joined as in Chan et al. 1979.
    """

    @classmethod
    def like(cls, layer: nn.BatchNorm2d) -> SharedBatchNorm:
        """A layer with the weights and the running figures of another one."""
        assert layer.momentum is not None
        assert layer.affine
        assert layer.track_running_stats
        own = cls(layer.num_features, layer.eps, layer.momentum)
        own.weight, own.bias = layer.weight, layer.bias
        own.running_mean, own.running_var = layer.running_mean, layer.running_var
        own.num_batches_tracked = layer.num_batches_tracked
        return own

    def forward(self, input: Tensor) -> Tensor:
        if not self.training:
            return super().forward(input)
        apply: Callable[..., Any] = _Normalise.apply
        y, mean, variance, n = apply(input, self.weight, self.bias, self.eps)
        assert self.running_mean is not None
        assert self.running_var is not None
        assert self.num_batches_tracked is not None
        assert self.momentum is not None
        with torch.no_grad():
            self.running_mean.lerp_(mean, self.momentum)
            self.running_var.lerp_(variance * (n / (n - 1).clamp(min=1)), self.momentum)
            self.num_batches_tracked.add_(1)
        normal: Tensor = y
        return normal


class _Normalise(torch.autograd.Function):
    """(rows, channels, ...) -> the same, normalised; and mean, variance and count of all rows."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor, eps: float) -> Any:
        mean, variance, n = _all_rows(x)
        ctx.save_for_backward(x, weight, mean, variance, n)
        ctx.eps = eps
        y = torch.batch_norm(x, weight, bias, mean, variance, False, 0.0, eps, False)
        ctx.mark_non_differentiable(mean, variance, n)
        return y, mean, variance, n

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Any:
        x, weight, mean, variance, n = ctx.saved_tensors
        # As if mean and variance were given numbers; what they owe to each row comes after.
        given, d_weight, d_bias = torch.ops.aten.native_batch_norm_backward(
            gradients[0], x, weight, mean, variance, None, None, False, ctx.eps, [True] * 3
        )
        sums = torch.stack([d_weight, d_bias])  # (2, channels)
        group.all_reduce(sums)
        slope, level = sums / n
        scale = (variance + ctx.eps).rsqrt()
        by_value = weight * scale.square() * slope
        by_row = weight * scale * (level - slope * mean * scale)
        shape = [1, -1, *[1] * (x.ndim - 2)]
        d_x = given - x * by_value.view(shape).to(x.dtype) - by_row.view(shape).to(x.dtype)
        return d_x, d_weight, d_bias, None


def _all_rows(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Mean and variance by channel, (channels,), over the rows of all processes; their count."""
    mean, variance = torch.batch_norm_update_stats(x.float(), None, None, 0.0)
    n = mean.new_tensor([x.numel() / x.shape[1]])
    mine = torch.cat([mean, variance, n])
    each = [torch.empty_like(mine) for _ in range(group.get_world_size())]
    group.all_gather(each, mine)
    told = torch.stack(each)  # (processes, 2 * channels + 1)
    means, variances, counts = told[:, : len(mean)], told[:, len(mean) : -1], told[:, -1:]
    total = counts.sum()
    mean = (counts * means).sum(dim=0) / total
    variance = (counts * (variances + (means - mean).square())).sum(dim=0) / total
    return mean, variance, total
