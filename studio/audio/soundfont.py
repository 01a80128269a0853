"""Which SoundFont plays: our own, or a fuller one where it is installed or chosen."""

from __future__ import annotations

from pathlib import Path

import resources

# a General MIDI set under the MIT licence that Debian packages; fuller than ours
INSTALLED = (
    Path("/usr/share/sounds/sf2/FluidR3Mono_GM.sf2"),
    Path("/usr/share/sounds/sf3/FluidR3Mono_GM.sf3"),
)


def shipped_soundfont() -> Path:
    """The small SoundFont that a command of ours makes."""
    return resources.path("soundfont", "studio.sf2")


def default_soundfont() -> Path:
    """The installed FluidR3 set where there is one, else ours."""
    return next((path for path in INSTALLED if path.is_file()), shipped_soundfont())
