"""Batches of log-mel windows, changed as rooms, players and microphones change music."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from models.features import DYNAMIC_RANGE_DB
from models.training.row_draws import RowDraws

Batch = dict[str, Tensor]
# A window is cut longer than it's heard by this factor, so that it can be played faster.
STRETCH_ROOM = 1.12


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How far each change goes. Pitch in mel bands, tilt and equaliser in dB over the range.

    `degraded_share` of the windows are heard in a room, as many through noise, and as many with
    the highs cut off, each drawn on its own.
    """

    stretch: float = 0.1
    pitch_bands: float = 3.0
    tilt_db: float = 8.0
    equaliser_db: float = 5.0
    degraded_share: float = 0.2
    mask_bands: int = 12
    mask_frames: int = 20
    mixup: float = 0.3

    def scaled(self, strength: float, *, degraded: float, mixup: float) -> Augmentation:
        """Every change but masks `strength` times as far, the others as given."""
        masks = min(1.0, 2 * strength)  # masks need no realism: they stay while it is gentle
        return Augmentation(
            stretch=min(self.stretch, self.stretch * strength),
            pitch_bands=self.pitch_bands * strength,
            tilt_db=self.tilt_db * strength,
            equaliser_db=self.equaliser_db * strength,
            degraded_share=degraded,
            mask_bands=round(self.mask_bands * masks),
            mask_frames=round(self.mask_frames * masks),
            mixup=mixup,
        )


def augment(decibels: Tensor, frames: int, draws: RowDraws, how: Augmentation) -> Tensor:
    """Change level-bearing windows, (batch, bands, longer) -> level-free (batch, bands, frames)."""
    x = _warp(decibels, frames, draws, how)
    x = _room(x, draws, how.degraded_share)
    x = x + _equaliser(x.shape[0], x.shape[1], draws, how)
    x = _add_noise(x, draws, how.degraded_share)
    x = _low_pass(x, draws, how.degraded_share)
    return _mask(level_free_batch(x), draws, how)


def level_free_batch(decibels: Tensor) -> Tensor:
    """`models.features.level_free` of each window of a batch, (batch, bands, frames)."""
    x = torch.maximum(decibels, decibels.amax((1, 2), keepdim=True) - DYNAMIC_RANGE_DB)
    x = x - x.mean((1, 2), keepdim=True)
    deviation = x.std((1, 2), keepdim=True, correction=0)
    return torch.where(deviation > 1e-3, x / deviation.clamp(min=1e-3), torch.zeros_like(x))


def mix(batch: dict[str, Tensor], draws: RowDraws, alpha: float) -> dict[str, Tensor]:
    """Mixup: each row of a batch blended with its neighbour, targets alike (Zhang et al. 2017)."""
    if alpha <= 0:
        return batch
    n = len(batch["x"])
    share = draws.beta(alpha)
    share = torch.maximum(share, 1 - share)  # the window itself stays the stronger part
    other = _neighbours(n)

    def blend(rows: Tensor) -> Tensor:
        by_row = share.reshape(n, *[1] * (rows.ndim - 1))
        return by_row * rows + (1 - by_row) * rows[other]

    return {name: blend(rows) for name, rows in batch.items()}


def _neighbours(n: int) -> Tensor:
    """The other row of each one's pair, (n,); with an odd number the last three are in a ring.

    Rows are drawn at random, so that a neighbour is one at random, too; and pairs stay together
    where several processes share a batch (`models.training.shares`).
    """
    other = torch.arange(n) ^ 1
    if n % 2:
        other[-3:] = torch.arange(n).roll(-1)[-3:] if n > 1 else 0
        other[-1] = max(0, n - 3)
    return other


def _warp(x: Tensor, frames: int, draws: RowDraws, how: Augmentation) -> Tensor:
    """Play faster or slower, shift bands: (batch, bands, longer) -> (batch, bands, frames)."""
    n, bands, longer = x.shape
    rate = draws.uniform(1 - how.stretch, 1 + how.stretch) * frames / longer
    shift = draws.uniform(-how.pitch_bands, how.pitch_bands) * 2 / bands
    theta = torch.zeros(n, 2, 3)
    theta[:, 0, 0] = rate.clamp(max=1)
    theta[:, 1, 1] = 1
    theta[:, 1, 2] = shift
    grid = F.affine_grid(theta, [n, 1, bands, frames], align_corners=False)
    warped = F.grid_sample(x[:, None], grid, padding_mode="border", align_corners=False)
    return warped[:, 0]


def _equaliser(n: int, bands: int, draws: RowDraws, how: Augmentation) -> Tensor:
    """A tilt and a smooth curve for each window, (n, bands, 1), in dB."""
    tilt = draws.uniform(-how.tilt_db, how.tilt_db, 1) * torch.linspace(-0.5, 0.5, bands)
    knots = draws.uniform(-how.equaliser_db, how.equaliser_db, 1, 6)
    curve = F.interpolate(knots, bands, mode="linear", align_corners=True)[:, 0]
    return (tilt + curve)[:, :, None]


def _add_noise(x: Tensor, draws: RowDraws, share: float) -> Tensor:
    """A hiss or a rumble 5 to 35 dB below the music, for a `share` of the windows.

    Its grain is what the power of noise in bands has: finer the wider the band, from the lowest,
    which has a few bins, to the highest, which has many.
    """
    _, bands, frames = x.shape
    snr = draws.uniform(5, 35, 1, 1)
    colour = draws.uniform(-25, 10, 1, 1) * torch.linspace(0, 1, bands)[:, None]
    loudness = 10 * torch.log10((10 ** (x / 10)).mean((1, 2), keepdim=True) + 1e-16)
    low, high = draws.uniform(2, 5, 1, 1), draws.uniform(0.6, 2, 1, 1)
    deviation = low + (high - low) * torch.linspace(0, 1, bands)[:, None]  # dB
    grain = draws.normal(bands, frames)
    grain = deviation * grain
    noise = loudness - snr + colour + grain
    noisy = 10 * torch.log10(10 ** (x / 10) + 10 ** (noise / 10) + 1e-16)
    return torch.where(draws.uniform(0, 1, 1, 1) < share, noisy, x)


def _room(x: Tensor, draws: RowDraws, share: float) -> Tensor:
    """The tail of a room: power that fades by 60 dB within 8 to 60 frames, 12 dB below to above."""
    _, _, frames = x.shape
    keep = 10 ** (-6 / draws.uniform(8, 60, 1))
    wet = (1 - keep) * 10 ** (draws.uniform(-1.2, 1.2, 1))
    has_room = draws.uniform(0, 1) < share
    if not has_room.any():
        return x
    power = 10 ** (x[has_room] / 10)
    keep, wet = keep[has_room], wet[has_room]
    tail, heard = torch.zeros_like(power[:, :, 0]), []
    for frame in range(frames):
        heard.append(power[:, :, frame] + wet * tail)
        tail = keep * (tail + power[:, :, frame])
    x = x.clone()
    x[has_room] = 10 * torch.log10(torch.stack(heard, 2) + 1e-16)
    return x


def _low_pass(x: Tensor, draws: RowDraws, share: float) -> Tensor:
    """Bands above a cut lost, as by a telephone or strong compression."""
    _, bands, _ = x.shape
    cut = draws.uniform(0.5, 0.95, 1, 1) * bands
    above = (torch.arange(bands)[None, :, None] - cut).clamp(min=0)
    steep = draws.uniform(2, 8, 1, 1) * 96 / bands  # dB a band
    return torch.where(draws.uniform(0, 1, 1, 1) < share, x - steep * above, x)


def _mask(x: Tensor, draws: RowDraws, how: Augmentation) -> Tensor:
    """A stripe of bands and one of frames set to the mean (Park et al. 2019, SpecAugment)."""
    _, bands, frames = x.shape
    for axis, size, widest in ((1, bands, how.mask_bands), (2, frames, how.mask_frames)):
        width = draws.uniform(0, widest, 1, 1)
        start = draws.uniform(0, 1, 1, 1) * (size - width)
        shape = [1, 1, 1]
        shape[axis] = size
        place = torch.arange(size).reshape(shape)
        x = x.masked_fill((place >= start) & (place < start + width), 0)
    return x
