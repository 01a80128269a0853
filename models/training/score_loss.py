"""What the score networks are trained on, and how a fixed set of windows measures them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.evaluation.ranking import area_under_roc
from models.networks.ar_cnn import EditLogits
from models.training.score_batches import Batch

LENGTH_WEIGHT = 0.1


def edit_logits(network: nn.Module, batch: Batch) -> EditLogits:
    """Run the network on a batch; logits as float32 whatever it computed in."""
    add, remove, lengths = network(batch["roll"], batch["bars"], batch["pitches"])
    return add.float(), remove.float(), lengths.float()


def edit_loss(
    logits: EditLogits, batch: Batch, per: Callable[[Tensor], Tensor] = Tensor.clone
) -> Tensor:
    """Cross-entropy of the edits that mend a window, in nats per present note.

    `per` is what the number of notes is replaced by; see `models.training.shares`.
    A missing note may be added where no note starts, a present one may be removed; so cells are
    judged for adding where there is no onset and for removing where there is one.
    """
    add, remove, lengths = logits
    n_present = per(batch["present"].sum()).clamp(min=1)
    free = 1 - batch["present"]
    adding = F.binary_cross_entropy_with_logits(add, batch["add"], free, reduction="sum")
    removing = F.binary_cross_entropy_with_logits(
        remove, batch["wrong"], batch["present"], reduction="sum"
    )
    length = F.cross_entropy(lengths, batch["length"], ignore_index=-1, reduction="sum")
    return (adding + removing + LENGTH_WEIGHT * length) / n_present


def window_metrics(network: nn.Module, batches: Iterable[Batch]) -> dict[str, float]:
    """Loss, removal AUC and share of the top-k additions that hit, on fixed windows."""
    losses, aucs, hits, wanted = [], [], 0, 0
    for batch in batches:
        with torch.inference_mode():
            add, remove, lengths = edit_logits(network, batch)
            losses.append(float(edit_loss((add, remove, lengths), batch)))
        aucs.extend(_removal_aucs(remove, batch))
        add = add.masked_fill(batch["present"] > 0, -torch.inf).flatten(1)
        for row, target in zip(add, batch["add"].flatten(1), strict=True):
            k = int(target.sum())
            hits += int(target[row.topk(k).indices].sum())
            wanted += k
    return {
        "valid_loss": float(np.mean(losses)),
        "removal_auc": float(np.mean(aucs)) if aucs else 0.5,
        "addition_hit_at_k": hits / max(1, wanted),
    }


def _removal_aucs(remove: Tensor, batch: Batch) -> list[float]:
    aucs = []
    for logits, present, wrong in zip(remove, batch["present"], batch["wrong"], strict=True):
        here = present > 0
        auc = area_under_roc(logits[here].cpu().numpy(), wrong[here].cpu().numpy() > 0)
        if auc is not None:
            aucs.append(auc)
    return aucs
