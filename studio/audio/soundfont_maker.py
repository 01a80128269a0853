"""Makes the SoundFont that ships: `python -m studio.audio.soundfont_maker OUT.sf2`.

All of it is computed here, from partials and noise; no recording is in it.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from studio.audio.sf2_file import Instrument, Preset, soundfont_bytes
from studio.audio.soundfont_drums import make_kit
from studio.audio.soundfont_tones import TONES, make_instrument
from studio.score.general_midi import PROGRAM_NAMES
from studio.settings import write_atomically

SEED = 20
DRUM_BANK = 128
TITLE, LICENCE = "Studio", "MIT licence"

# which sound plays which of General MIDI's programs: (how many programs from here on, sound)
_PROGRAMS: tuple[tuple[int, str], ...] = (
    (4, "piano"), (2, "electric piano"), (2, "harpsichord"),
    (3, "bell"), (1, "vibraphone"), (2, "marimba"), (1, "bell"), (1, "harpsichord"),
    (3, "organ"), (2, "church organ"), (3, "clarinet"),
    (1, "nylon guitar"), (1, "steel guitar"), (2, "clean guitar"), (1, "muted guitar"),
    (2, "overdriven guitar"), (1, "harp"),
    (4, "finger bass"), (2, "slap bass"), (2, "synth bass"),
    (4, "violin"), (1, "strings"), (1, "pizzicato"), (1, "harp"), (1, "marimba"),
    (4, "strings"), (3, "choir"), (1, "strings"),
    (8, "brass"),
    (4, "sax"), (2, "violin"), (2, "clarinet"),
    (8, "flute"),
    (1, "square lead"), (1, "saw lead"), (1, "flute"), (1, "square lead"),
    (1, "overdriven guitar"), (1, "choir"), (2, "saw lead"),
    (3, "pad"), (1, "choir"), (1, "strings"), (3, "pad"),
    (1, "bell"), (1, "strings"), (1, "bell"), (1, "nylon guitar"), (1, "vibraphone"),
    (2, "pad"), (1, "saw lead"),
    (1, "harpsichord"), (1, "steel guitar"), (2, "harp"), (1, "marimba"), (1, "sax"),
    (1, "violin"), (1, "sax"),
    (2, "bell"), (1, "vibraphone"), (4, "marimba"), (1, "pad"),
    (1, "muted guitar"), (2, "flute"), (1, "square lead"), (1, "bell"), (3, "pad"),
)  # fmt: skip


def program_sounds() -> list[str]:
    """The sound of each of the 128 programs."""
    return [sound for count, sound in _PROGRAMS for _ in range(count)]


def make_presets() -> list[Preset]:
    """All programs of General MIDI and the drum kit."""
    instruments: dict[str, Instrument] = {
        name: make_instrument(name, tone, SEED + index)
        for index, (name, tone) in enumerate(TONES.items())
    }
    presets = [
        Preset(PROGRAM_NAMES[program], 0, program, instruments[sound])
        for program, sound in enumerate(program_sounds())
    ]
    return [*presets, Preset("Drums", DRUM_BANK, 0, make_kit(SEED))]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the SoundFont."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT.sf2")
    out: Path = parser.parse_args(arguments).out
    out.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(out, soundfont_bytes(make_presets(), title=TITLE, licence=LICENCE))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
