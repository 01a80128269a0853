"""A small composer: chords that lead, tunes that breathe, basses that walk, drums that groove.

It writes the demo music by rule and seed, so that what ships is ours.
"""

from __future__ import annotations

import itertools
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from models.notes import Note

BEAT = 480
BAR = 4 * BEAT

MAJOR = (0, 2, 4, 5, 7, 9, 11)
MINOR = (0, 2, 3, 5, 7, 8, 10)
NAMES = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
MINOR_NAMES = ("Cm", "C#m", "Dm", "Ebm", "Em", "Fm", "F#m", "Gm", "G#m", "Am", "Bbm", "Bm")

# degrees (1..7) of eight-bar periods: an open half, then a closed one
MAJOR_PERIODS = (
    (1, 5, 6, 4, 1, 4, 5, 1),
    (1, 6, 4, 5, 3, 6, 5, 1),
    (1, 3, 4, 5, 6, 4, 5, 1),
    (4, 5, 3, 6, 2, 5, 1, 1),
    (1, 4, 6, 5, 4, 2, 5, 1),
)
MINOR_PERIODS = (
    (1, 6, 3, 7, 1, 4, 5, 1),
    (1, 4, 7, 3, 6, 4, 5, 1),
    (1, 7, 6, 7, 3, 6, 5, 1),
    (1, 5, 6, 3, 4, 1, 5, 1),
)

# rhythms of one bar, in (start, length) of eighths
RHYTHMS = (
    ((0, 2), (2, 1), (3, 1), (4, 2), (6, 2)),
    ((0, 3), (3, 1), (4, 2), (6, 1), (7, 1)),
    ((0, 1), (1, 1), (2, 2), (4, 3), (7, 1)),
    ((0, 2), (2, 2), (4, 4)),
    ((1, 1), (2, 2), (4, 1), (5, 1), (6, 2)),
    ((0, 3), (3, 3), (6, 2)),
)
CADENCE = ((0, 2), (2, 2), (4, 4))
LAST = ((0, 8),)


@dataclass(frozen=True)
class Harmony:
    """A key and one chord for each bar."""

    tonic: int  # pitch class
    is_minor: bool
    degrees: Sequence[int]

    @property
    def key(self) -> str:
        """As MIDI files spell it."""
        return (MINOR_NAMES if self.is_minor else NAMES)[self.tonic]

    @property
    def scale(self) -> frozenset[int]:
        """The pitch classes of the key."""
        steps = MINOR if self.is_minor else MAJOR
        return frozenset((self.tonic + step) % 12 for step in steps)

    def chord(self, bar: int) -> tuple[int, ...]:
        """The pitch classes of the bar's chord, root first; a minor key's fifth degree is major."""
        steps = MINOR if self.is_minor else MAJOR
        degree = self.degrees[bar % len(self.degrees)] - 1
        classes = [(self.tonic + steps[(degree + third) % 7]) % 12 for third in (0, 2, 4)]
        if self.is_minor and degree == 4:
            classes[1] = (self.tonic + 11) % 12
        return tuple(classes)


def period(rng: random.Random, tonic: int, *, is_minor: bool) -> Harmony:
    """Eight bars of harmony."""
    return Harmony(tonic, is_minor, rng.choice(MINOR_PERIODS if is_minor else MAJOR_PERIODS))


def voiced(harmony: Harmony, bars: int, centre: int, voices: int = 3) -> list[tuple[int, ...]]:
    """A chord for each bar, its voices moving as little as they can."""
    previous = tuple(centre + offset for offset in (-4, 0, 4, 8)[:voices])
    result = []
    for bar in range(bars):
        classes = harmony.chord(bar)
        previous = min(
            _voicings(classes, centre, voices),
            key=lambda chord: _movement(chord, previous) + 0.2 * abs(sum(chord) / voices - centre),
        )
        result.append(previous)
    return result


def _movement(chord: Sequence[int], previous: Sequence[int]) -> float:
    return sum(abs(a - b) for a, b in zip(chord, previous, strict=True))


def _voicings(classes: Sequence[int], centre: int, voices: int) -> list[tuple[int, ...]]:
    """The close positions of a chord around `centre`, from every chord tone up."""
    tones = [p for p in range(centre - 14, centre + 18) if p % 12 in classes]
    return [tuple(tones[i : i + voices]) for i in range(len(tones) - voices + 1)]


def melody(
    rng: random.Random, harmony: Harmony, bars: int, *, track: int, low: int = 64, high: int = 84
) -> list[Note]:
    """A tune: two bars of motif, come back to over other chords, with cadences every fourth bar."""
    motif = rng.sample(RHYTHMS, 2)
    answer = rng.sample(RHYTHMS, 2)
    pitch = (low + high) // 2
    notes: list[Note] = []
    for bar in range(bars):
        rhythm = _rhythm_of(bar, bars, motif, answer)
        arch = low + 4 + (high - low - 6) * (1 - abs((bar % 8) - 4.5) / 5)
        for start, length in rhythm:
            pitch = _next_pitch(rng, harmony, bar, start, pitch, arch)
            if rhythm is LAST:
                pitch = _nearest(pitch, {harmony.tonic})
            velocity = 82 + (10 if start == 0 else 4 if start % 4 == 0 else 0) + rng.randint(-6, 6)
            at = bar * BAR + start * BEAT // 2
            notes.append(Note(at, pitch, length * BEAT // 2 - 20, velocity, track))
    return notes


def _rhythm_of(
    bar: int, bars: int, motif: Sequence[Sequence[tuple[int, int]]],
    answer: Sequence[Sequence[tuple[int, int]]],
) -> Sequence[tuple[int, int]]:  # fmt: skip
    if bar == bars - 1:
        return LAST
    if bar % 4 == 3:
        return CADENCE
    return motif[bar % 2] if bar % 8 < 4 else answer[bar % 2]


def _next_pitch(
    rng: random.Random, harmony: Harmony, bar: int, eighth: int, before: int, arch: float
) -> int:
    """A chord tone on a strong beat, else a step of the scale; never far, never off the arch."""
    chord = set(harmony.chord(bar))
    allowed = chord if eighth % 4 == 0 else set(harmony.scale) | chord
    candidates = [p for p in range(before - 7, before + 8) if p % 12 in allowed]

    def cost(pitch: int) -> float:
        leap = abs(pitch - before)
        size = 1.6 if leap == 0 else 0.25 * leap
        clash = 0.0 if pitch % 12 in chord else 0.5
        return size + clash + 0.16 * abs(pitch - arch) + rng.random() * 1.2

    return min(candidates, key=cost)


def _nearest(pitch: int, classes: set[int]) -> int:
    return min((p for p in range(pitch - 6, pitch + 7) if p % 12 in classes),
               key=lambda p: abs(p - pitch))  # fmt: skip


def untangled(notes: Iterable[Note]) -> list[Note]:
    """The notes, each cut where its key is struck again."""
    by_key: dict[tuple[int, int], list[Note]] = defaultdict(list)
    for note in sorted(notes):
        by_key[note.track, note.pitch].append(note)
    result = []
    for line in by_key.values():
        for note, after in itertools.zip_longest(line, line[1:]):
            duration = min(note.duration, after.start - note.start) if after else note.duration
            result.append(replace(note, duration=duration))
    return sorted(result)


def held_chords(
    chords: Sequence[Sequence[int]], *, track: int, velocity: int = 62, first_bar: int = 0
) -> list[Note]:
    """Each chord for its bar."""
    return [
        Note((first_bar + bar) * BAR, pitch, BAR - 30, velocity, track)
        for bar, chord in enumerate(chords)
        for pitch in chord
    ]


def broken_chords(
    rng: random.Random, chords: Sequence[Sequence[int]], *, track: int, velocity: int = 64
) -> list[Note]:
    """Each chord as eighths, up and down."""
    notes = []
    for bar, chord in enumerate(chords):
        order = [*range(len(chord)), *range(len(chord) - 2, 0, -1)]
        for eighth in range(8):
            pitch = chord[order[eighth % len(order)]]
            accent = 8 if eighth % 4 == 0 else 0
            at = bar * BAR + eighth * BEAT // 2
            notes.append(Note(at, pitch, BEAT - 40, velocity + accent + rng.randint(-5, 5), track))
    return notes


def comped_chords(
    rng: random.Random, chords: Sequence[Sequence[int]], *, track: int, velocity: int = 66
) -> list[Note]:
    """Each chord in a syncopated rhythm."""
    rhythm = rng.choice((((0, 3), (3, 1), (6, 2)), ((0, 2), (3, 3), (6, 1)), ((1, 2), (4, 3))))
    return [
        Note(
            bar * BAR + start * BEAT // 2,
            pitch,
            length * BEAT // 2 - 40,
            velocity + rng.randint(-5, 5),
            track,
        )
        for bar, chord in enumerate(chords)
        for start, length in rhythm
        for pitch in chord
    ]


def bass_line(
    rng: random.Random, harmony: Harmony, bars: int, *, track: int, busy: bool = True
) -> list[Note]:
    """Roots and fifths, and a step that leads into the next bar's root."""
    notes = []
    for bar in range(bars):
        root = _low(harmony.chord(bar)[0])
        fifth = root + (harmony.chord(bar)[2] - harmony.chord(bar)[0]) % 12
        target = _low(harmony.chord(bar + 1)[0])
        lead = _nearest(target + (1 if root > target else -1), set(harmony.scale) - {target % 12})
        if bar == bars - 1:
            line: tuple[tuple[int, int, int], ...] = ((0, 8, root),)
        elif busy:
            line = ((0, 3, root), (3, 1, root), (4, 2, fifth), (6, 2, lead))
        else:
            line = ((0, 4, root), (4, 4, fifth))
        for start, length, pitch in line:
            at = bar * BAR + start * BEAT // 2
            velocity = (92 if start == 0 else 80) + rng.randint(-5, 5)
            notes.append(Note(at, pitch, length * BEAT // 2 - 30, velocity, track))
    return notes


def _low(pitch_class: int) -> int:
    """The pitch of a bass's comfortable octave."""
    return 33 + (pitch_class - 33) % 12


KICK, SNARE, CLOSED_HAT, OPEN_HAT, CRASH, RIDE, LOW_TOM, MID_TOM, HIGH_TOM = (
    36, 38, 42, 46, 49, 51, 45, 47, 50,
)  # fmt: skip
GROOVES: tuple[dict[int, tuple[int, ...]], ...] = (  # drum -> sixteenths of a bar
    {KICK: (0, 8, 10), SNARE: (4, 12), CLOSED_HAT: tuple(range(0, 16, 2))},
    {KICK: (0, 6, 8), SNARE: (4, 12), CLOSED_HAT: tuple(range(0, 14, 2)), OPEN_HAT: (14,)},
    {KICK: (0, 4, 8, 12), SNARE: (4, 12), CLOSED_HAT: (0, 4, 8, 12), OPEN_HAT: (2, 6, 10, 14)},
    {KICK: (0, 7, 10), SNARE: (4, 12), RIDE: tuple(range(0, 16, 2))},
    {KICK: (0, 10), SNARE: (4, 12, 15), CLOSED_HAT: tuple(range(16))},
)
FILL = ((8, SNARE), (9, SNARE), (10, HIGH_TOM), (11, HIGH_TOM), (12, MID_TOM), (13, MID_TOM),
        (14, LOW_TOM), (15, LOW_TOM))  # fmt: skip


def drum_part(
    rng: random.Random, bars: int, *, track: int, first_bar: int = 0, groove: int | None = None
) -> list[Note]:
    """A groove, with a crash where eight bars begin and a fill where they end."""
    pattern = GROOVES[rng.randrange(len(GROOVES)) if groove is None else groove]
    hits: set[tuple[int, int]] = set()
    for bar in range(bars):
        is_fill = bar % 8 == 7 or bar == bars - 1
        start = (first_bar + bar) * 16
        hits |= {
            (start + at, drum)
            for drum, steps in pattern.items()
            for at in steps
            if not (is_fill and at >= 8)
        }
        hits |= {(start + at, drum) for at, drum in FILL} if is_fill else set()
        hits |= {(start, CRASH)} if bar % 8 == 0 else set()
    return [_hit(rng, step, drum, track) for step, drum in sorted(hits)]


def _hit(rng: random.Random, step: int, drum: int, track: int) -> Note:
    strength = {KICK: 100, SNARE: 96, CRASH: 88}.get(drum, 70 if step % 4 else 82)
    velocity = min(127, strength + rng.randint(-6, 6))
    return Note(step * BEAT // 4, drum, BEAT // 4 - 10, velocity, track)
