"""Normalisations of a genre network set anew from windows as they will be heard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from models.data.audio_features import HeardClip
from models.training.genre_batches import draw_chances, heard_windows
from models.training.genre_checks import Answers, CheckedClips
from models.training.genre_settings import Settings

BATCH = 64
WINDOWS_PER_CLIP = 2  # or so: long clips give up to eight, snippets one


def norm_windows(heard: Sequence[HeardClip], settings: Settings, seed: int) -> Tensor | None:
    """Windows of training clips as in listening, (windows, ..., n_mels, frames), or None.

    They are changed in nothing, and at most as many as a round of learning has. None if the
    settings want none: then the norms stay as learning left them.
    """
    wanted = min(settings.norm_windows, settings.crops_per_epoch)
    if wanted == 0 or settings.head_only:
        return None
    generator = np.random.default_rng([seed, wanted])
    chances = draw_chances(heard, settings.balance)
    drawn = generator.choice(len(heard), max(1, wanted // WINDOWS_PER_CLIP), p=chances)
    windows, owners = heard_windows([heard[i] for i in sorted(set(drawn))], settings.features)
    times = Counter(drawn)
    weights = np.array([times[i] for i in sorted(times)])[owners]
    rows = np.repeat(np.arange(len(windows)), weights)  # as often as its clip was drawn
    return windows[generator.permutation(rows)[:wanted]]


def check(network: nn.Module, clips: CheckedClips, windows: Tensor | None) -> Answers:
    """What a network says of clips with the better norms: as learning left them, or set anew.

    The better ones, those of the smaller loss, stay in the network, with their temperature.
    """
    left = clips.answers(network)
    if windows is None:
        return left
    state = {name: value.clone() for name, value in network.state_dict().items()}
    settle_norms(network, windows)
    anew = clips.answers(network)
    if anew.loss <= left.loss:
        return anew
    network.load_state_dict(state)
    return left


def settle_norms(network: nn.Module, windows: Tensor) -> None:
    """Set the running means and variances of a network in eval mode to those of `windows`.

    While it learns, a network hears sound that is changed at random, blended and partly coarse:
    norms fitted to that do not fit what it hears afterwards.

    Source
    ------
    Precise statistics over a fixed network: Wu & Johnson 2021, arXiv:2105.07576, section 3.
    """
    norms = [layer for layer in network.modules() if isinstance(layer, nn.BatchNorm2d)]
    momenta = [norm.momentum for norm in norms]
    device = next(network.parameters()).device
    for norm in norms:
        norm.train()
    with torch.no_grad():
        for number, part in enumerate(torch.split(windows, BATCH)):
            if number and len(part) < BATCH:  # would weigh more than its windows do
                break
            for norm in norms:
                norm.momentum = 1 / (number + 1)  # so that what is kept is the mean of all parts
            network(part.to(device))
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
        norm.eval()
