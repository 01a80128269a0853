"""Files that anybody may hand to Studio, broken on purpose: what reads them, what to begin with.

Whatever the bytes, reading them ends in a result or in an error that is told to the user.
"""

import hashlib
import io
import json
import os
import shutil
import struct
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

import resources
from models.card import CARD_FILE, WEIGHTS_FILE, Card
from models.data.audio_dataset import load_audio_dataset
from models.data.audio_files import audio_info, read_native
from models.errors import ModelError
from studio.audio.sf2_file import Instrument, Preset, Sample, Zone, soundfont_bytes
from studio.audio.synth import Synth
from studio.errors import StudioError
from studio.score.midi_file import midi_bytes, parse_midi
from studio.score.musicxml import parse_musicxml
from studio.score.project import Project, parse_project, project_bytes
from studio.training.model_zip import import_model

REFUSALS = (StudioError, ModelError)
INTERESTING = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0xFFFF_FFFF)
PROJECT_FILE = "project.json"


@dataclass(frozen=True)
class Target:
    """Something that reads bytes, and good bytes to spoil."""

    read: Callable[[bytes], object]
    seeds: Sequence[bytes]


def survives(target: Target, data: bytes) -> bool:
    """Read `data`; True if it was taken, False if it was refused. Anything else is raised."""
    try:
        target.read(data)
    except REFUSALS:
        return False
    return True


def spoiled(rng: np.random.Generator, seeds: Sequence[bytes]) -> bytes:
    """One of the seeds after one to eight small changes, as a bad disk or a bad will makes them."""
    data = bytearray(seeds[int(rng.integers(len(seeds)))])
    changes = (_flip, _set, _cut, _repeat, _insert, _splice)
    for _ in range(int(rng.integers(1, 9))):
        changes[int(rng.integers(len(changes)))](rng, data, seeds)
    return bytes(data)


def _place(rng: np.random.Generator, data: bytearray) -> int:
    """Anywhere, but more often near the beginning, where the headers are."""
    most = len(data) if rng.random() < 0.5 else min(64, len(data))
    return int(rng.integers(most)) if most else 0


def _flip(rng: np.random.Generator, data: bytearray, seeds: Sequence[bytes]) -> None:
    if data:
        data[_place(rng, data)] ^= 1 << int(rng.integers(8))


def _set(rng: np.random.Generator, data: bytearray, seeds: Sequence[bytes]) -> None:
    value, at = INTERESTING[int(rng.integers(len(INTERESTING)))], _place(rng, data)
    layout = ("B", "<H", ">H", "<I", ">I")[int(rng.integers(5))]
    size = struct.calcsize(layout)
    data[at : at + size] = struct.pack(layout, value & ((1 << 8 * size) - 1))


def _cut(rng: np.random.Generator, data: bytearray, seeds: Sequence[bytes]) -> None:
    at = _place(rng, data)
    length = len(data) if rng.random() < 0.2 else int(rng.integers(1, 33))
    del data[at : at + length]


def _repeat(rng: np.random.Generator, data: bytearray, seeds: Sequence[bytes]) -> None:
    at = _place(rng, data)
    data[at:at] = data[at : at + int(rng.integers(1, 65))]


def _insert(rng: np.random.Generator, data: bytearray, seeds: Sequence[bytes]) -> None:
    at = _place(rng, data)
    data[at:at] = rng.bytes(int(rng.integers(1, 17)))


def _splice(rng: np.random.Generator, data: bytearray, seeds: Sequence[bytes]) -> None:
    other, at = seeds[int(rng.integers(len(seeds)))], _place(rng, data)
    start = int(rng.integers(max(1, len(other))))
    data[at : at + 64] = other[start : start + 64]


def targets(folder: Path) -> dict[str, Target]:
    """Every target by name; those that read from a disk do so in `folder`."""
    return {
        "midi": Target(_read_midi, _midi_seeds()),
        "project": Target(lambda data: parse_project(data, "it.studio"), _project_seeds()),
        "project-json": Target(_read_project_json, _project_json_seeds()),
        "card": Target(_card_reader(folder), _card_seeds()),
        "manifest": Target(_manifest_reader(folder), _manifest_seeds()),
        "wav": Target(_wav_reader(folder), _wav_seeds()),
        "musicxml": Target(lambda data: parse_musicxml(data, "it.musicxml"), _musicxml_seeds()),
        "model-zip": Target(_model_zip_reader(folder), _model_zip_seeds(folder)),
        "soundfont": Target(_soundfont_reader(folder), [small_soundfont()]),
    }


def _read_midi(data: bytes) -> object:
    return midi_bytes(parse_midi(data))


def _midi_seeds() -> list[bytes]:
    files = [resources.path("demo", name) for name in ("song.mid", "melody.mid")]
    events = b"\0\xff\x51\3\7\xa1\x20\0\x90\x3c\x40\x60\x3c\0\0\xff\x2f\0"  # with running status
    odd = b"MThd\0\0\0\6\0\1\0\1\0\x60MTrk" + struct.pack(">I", len(events)) + events
    return [odd, *(file.read_bytes() for file in files)]


def _project(view: dict[str, object]) -> bytes:
    return project_bytes(Project(parse_midi(_midi_seeds()[0]), view))


def _project_seeds() -> list[bytes]:
    song = parse_midi(resources.path("demo", "melody.mid").read_bytes())
    return [_project({}), project_bytes(Project(song, {"zoom": 2}))]


def _project_json_seeds() -> list[bytes]:
    with zipfile.ZipFile(io.BytesIO(_project({"zoom": 2.5, "at": [0, 60]}))) as archive:
        about = json.loads(archive.read(PROJECT_FILE))
    notes = {**about, "notes": [[0, 60, 96, 64, 0]]}
    return [json.dumps(content).encode() for content in (about, notes)]


def _read_project_json(data: bytes) -> object:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("score.mid", _midi_seeds()[0])
        archive.writestr(PROJECT_FILE, data)
    return parse_project(buffer.getvalue(), "it.studio")


def _card_reader(folder: Path) -> Callable[[bytes], object]:
    (folder / WEIGHTS_FILE).write_bytes(b"x")

    def read(data: bytes) -> object:
        (folder / CARD_FILE).write_bytes(data)
        return Card.load(folder, check_hash=False)

    return read


def _card_seeds() -> list[bytes]:
    mine = Card(name="mine", labels=["a", "b"], sha256=64 * "0", config={"width": 8})
    return [mine.to_bytes(), resources.path("models", "genre-cnn", CARD_FILE).read_bytes()]


PART = """<score-partwise version="3.1"><part-list><score-part id="P1"><part-name>A</part-name>
<midi-instrument id="I"><midi-channel>10</midi-channel><midi-program>3</midi-program>
</midi-instrument></score-part></part-list><part id="P1">{}</part></score-partwise>"""
BAR = """<measure number="{number}"><attributes><divisions>{divisions}</divisions><key>
<fifths>-3</fifths><mode>minor</mode></key><time><beats>{beats}</beats><beat-type>4</beat-type></time><transpose>
<chromatic>-2</chromatic></transpose></attributes><barline location="left">
<repeat direction="forward"/><ending number="1" type="start"/></barline><direction>
<sound tempo="90"/></direction><note><pitch><step>C</step><alter>1</alter><octave>4</octave></pitch>
<duration>2</duration><tie type="start"/><voice>1</voice><type>half</type><notations>
<tied type="start"/></notations></note><note><chord/><pitch><step>E</step><octave>4</octave></pitch>
<duration>2</duration></note><backup><duration>1</duration></backup><note><grace/><unpitched>
<display-step>F</display-step><display-octave>5</display-octave></unpitched></note><note><rest/>
<duration>2</duration><time-modification><actual-notes>3</actual-notes><normal-notes>2</normal-notes>
</time-modification></note><forward><duration>1</duration></forward><barline location="right">
<repeat direction="backward" times="2"/></barline></measure>"""


def _musicxml_seeds() -> list[bytes]:
    bars = [BAR.format(number=number, divisions=2, beats=4) for number in (1, 2)]
    plain = PART.format("".join(bars)).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("META-INF/container.xml", "<container/>")
        archive.writestr("score.xml", PART.format(bars[0]))
    return [plain, plain.replace(b"\n", b""), buffer.getvalue()]


def _model_zip_reader(folder: Path) -> Callable[[bytes], object]:
    path = folder / "model.zip"

    def read(data: bytes) -> object:
        path.write_bytes(data)
        home, os.environ["STUDIO_HOME"] = os.environ.get("STUDIO_HOME"), str(folder / "home")
        try:
            made = import_model(path, check=lambda model: None)
        finally:
            os.environ.pop("STUDIO_HOME") if home is None else os.environ.update(STUDIO_HOME=home)
        assert made.parent == folder / "home" / "data" / "models"
        assert not [each for each in folder.rglob("*") if each.is_symlink()]
        shutil.rmtree(made)
        return None

    return read


def _model_zip_seeds(folder: Path) -> list[bytes]:
    """A model of eight bytes, whole or at the top of the zip."""
    weights = b"12345678"
    card = Card(name="m", kind="score", sha256=hashlib.sha256(weights).hexdigest())
    seeds = []
    for place in ("m/", ""):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr(f"{place}{CARD_FILE}", card.to_bytes())
            archive.writestr(f"{place}{WEIGHTS_FILE}", weights)
        seeds.append(buffer.getvalue())
    return seeds


def _manifest_reader(folder: Path) -> Callable[[bytes], object]:
    place = folder / "data"
    (place / "jazz").mkdir(parents=True)
    for name in ("a.wav", "b.wav"):
        (place / "jazz" / name).write_bytes(b"")

    def read(data: bytes) -> object:
        (place / "manifest.csv").write_bytes(data)
        return load_audio_dataset(place)

    return read


def _manifest_seeds() -> list[bytes]:
    return [
        b"path,genre,split,group\njazz/a.wav,jazz,train,1\njazz/b.wav,rock,valid,2\n",
        b'\xef\xbb\xbfgenre,path\r\n"jazz, cool","jazz\\a.wav"\r\n,jazz/b.wav\r\n',
    ]


def _wav_reader(folder: Path) -> Callable[[bytes], object]:
    path = folder / "sound.wav"

    def read(data: bytes) -> object:
        path.write_bytes(data)
        audio_info(path)
        return read_native(path)

    return read


def _wav_seeds() -> list[bytes]:
    rng = np.random.default_rng(0)
    seeds = []
    for container, subtype, n_channels in (
        ("WAV", "PCM_16", 1),
        ("WAV", "FLOAT", 2),
        ("WAV", "IMA_ADPCM", 1),
        ("WAVEX", "PCM_24", 2),
        ("RF64", "PCM_U8", 1),
        ("AIFF", "PCM_16", 2),
    ):
        buffer = io.BytesIO()
        sound = 0.1 * rng.standard_normal((64, n_channels))
        with suppress(soundfile.LibsndfileError):
            soundfile.write(buffer, sound, 8000, format=container, subtype=subtype)
        seeds.append(buffer.getvalue())
    return seeds


def small_soundfont() -> bytes:
    """A SoundFont of two presets, one of which loops."""
    wave = (3000 * np.sin(np.arange(200) / 5)).astype(np.int16)
    looped = Sample("looped", wave, 22_050, 60, (20, 180))
    short = Sample("short", wave[:50], 44_100, 72)
    zones = [Zone(looped, keys=(0, 63)), Zone(short, keys=(64, 127), generators={34: -2000})]
    instrument = Instrument("both", zones)
    presets = [Preset("one", 0, 0, instrument), Preset("two", 128, 0, instrument, {48: 100})]
    return soundfont_bytes(presets, title="test", licence="test")


def _soundfont_reader(folder: Path) -> Callable[[bytes], object]:
    path = folder / "font.sf2"

    def read(data: bytes) -> object:
        path.write_bytes(data)
        synth = Synth(path)
        for channel, pitch in enumerate((30, 64, 100)):
            synth.note_on(channel, pitch, 100)
        return synth.render(512)

    return read


def scratch() -> tempfile.TemporaryDirectory[str]:
    """A folder in memory where there is one: a million files are hard on a disk."""
    memory = Path("/dev/shm")
    return tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None)
