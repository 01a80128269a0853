"""What pitches the instruments of General MIDI can play: a model writes nothing beyond them."""

from __future__ import annotations

FULL = (0, 127)
_PIANO = (21, 108)

# (first program, last program, lowest pitch, highest pitch); sounding pitch, generous at the top
_RANGES: tuple[tuple[int, int, int, int], ...] = (
    (0, 7, *_PIANO),
    (8, 8, 60, 108),  # celesta
    (9, 9, 72, 108),  # glockenspiel
    (10, 10, 60, 96),
    (11, 11, 53, 89),  # vibraphone
    (12, 12, 45, 96),  # marimba
    (13, 13, 65, 108),  # xylophone
    (14, 15, 48, 89),
    (16, 20, 36, 96),  # organs
    (21, 23, 41, 96),
    (24, 31, 40, 88),  # guitars
    (32, 39, 23, 67),  # basses
    (40, 40, 55, 103),  # violin
    (41, 41, 48, 91),  # viola
    (42, 42, 36, 81),  # cello
    (43, 43, 23, 67),  # double bass
    (44, 45, 28, 100),
    (46, 46, 23, 103),  # harp
    (47, 47, 36, 57),  # timpani
    (48, 51, 28, 103),  # string ensembles
    (52, 54, 40, 84),  # voices
    (55, 55, 36, 96),
    (56, 56, 52, 86),  # trumpet
    (57, 57, 34, 77),  # trombone
    (58, 58, 24, 65),  # tuba
    (59, 59, 52, 86),
    (60, 60, 34, 77),  # horn
    (61, 63, 34, 86),
    (64, 64, 56, 88),  # saxophones, soprano to baritone
    (65, 65, 49, 81),
    (66, 66, 44, 76),
    (67, 67, 36, 69),
    (68, 68, 58, 93),  # oboe
    (69, 69, 52, 81),  # English horn
    (70, 70, 34, 75),  # bassoon
    (71, 71, 50, 94),  # clarinet
    (72, 72, 74, 108),  # piccolo
    (73, 73, 59, 98),  # flute
    (74, 74, 60, 91),  # recorder
    (75, 79, 55, 100),
    (80, 103, *_PIANO),  # synthesizers
    (104, 111, 36, 96),
)


def range_of(program: int) -> tuple[int, int]:
    """The lowest and the highest pitch of an instrument.

    Parameters
    ----------
    program : int
        Of General MIDI, counted from 0.

    Returns
    -------
    (int, int)
        MIDI pitches, both included; all of them where the program is no pitched instrument.

    Source
    ------
    The usual written ranges of orchestration, in sounding pitch, widened to what players reach.
    """
    for first, last, low, high in _RANGES:
        if first <= program <= last:
            return low, high
    return FULL
