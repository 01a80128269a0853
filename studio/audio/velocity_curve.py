"""How hard a key must be struck: keyboards differ, and so do hands."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VelocityCurve:
    """What becomes of a velocity 1..127: a power of it, or one value for all."""

    name: str
    power: float = 1.0
    fixed: int = 0

    def velocity(self, struck: int) -> int:
        """The velocity that is played and recorded, 1..127; a harder stroke never gets softer."""
        if self.fixed:
            return self.fixed
        return max(1, min(127, round(127 * math.pow(struck / 127, self.power))))


LINEAR = VelocityCurve("linear")
CURVES = (
    VelocityCurve("soft", power=0.6),  # light touch is enough
    LINEAR,
    VelocityCurve("hard", power=1.6),
    VelocityCurve("fixed", fixed=100),
)


def curve_named(name: object) -> VelocityCurve:
    """The curve of that name; the linear one for a name that is none."""
    return next((curve for curve in CURVES if curve.name == name), LINEAR)
