"""Rendering: onsets where the tempo map puts them, whole files or none."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from models.notes import Note
from models.protocol import TrackInfo
from studio.audio import render
from studio.audio.master import SoundSettings
from studio.audio.render import render_samples, render_song, render_tracks
from studio.audio.soundfont import shipped_soundfont
from studio.errors import StudioError
from tests.studio.audio.songs import BEAT, make_song, scale

CLICK = 76  # a wood block: its first sample is loud, and it is over in a tenth of a second


def test_onsets_are_heard_where_the_tempo_map_puts_them() -> None:
    clicks = [Note(i * BEAT, CLICK, 60, 127) for i in range(8)]
    tempo = ((0, 120.0), (3 * BEAT, 87.3), (5 * BEAT, 151.0))
    song = make_song(clicks, [TrackInfo("Wood", is_drums=True)], tempo)
    y = np.concatenate(list(render_samples(song, soundfont=shipped_soundfont())))
    loud = np.flatnonzero(np.abs(y).max(axis=1) > 2e-3)
    onsets = loud[np.diff(loud, prepend=-100_000) > 4410]
    expected = [round(song.tempo_map.ticks_to_seconds(note.start) * 44100) for note in clicks]
    assert len(onsets) == len(expected)
    assert np.abs(onsets - expected).max() <= 2


@pytest.mark.parametrize("ending", [".wav", ".flac", ".ogg"])
def test_each_format_holds_the_song_and_its_ring(tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"song{ending}"
    result = render_song(make_song(scale(4)), out, soundfont=shipped_soundfont())
    info = soundfile.info(out)
    assert (info.channels, info.samplerate) == (2, 44100)
    assert info.duration == pytest.approx(result.seconds, abs=0.05)
    assert 2.0 <= result.seconds <= 2.0 + render.TAIL_S
    assert result.notes == 4
    y, _ = soundfile.read(out)
    assert 0.02 < np.abs(y).max() <= 1.0
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


def test_a_long_ogg_is_written_in_portions(tmp_path: Path) -> None:
    song = make_song([Note(0, 60, 140 * BEAT)])
    result = render_song(song, tmp_path / "long.ogg", sample_rate=44100)
    assert result.seconds > 69
    assert soundfile.info(tmp_path / "long.ogg").duration == pytest.approx(result.seconds, abs=0.1)


def test_muted_tracks_are_left_out() -> None:
    song = make_song([Note(0, 60, BEAT)])
    portions = render_samples(song, soundfont=shipped_soundfont(), muted=frozenset({0}))
    assert max(np.abs(portion).max() for portion in portions) < 1e-4


def test_an_unknown_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match=r"must end in \.wav, \.flac or \.ogg"):
        render_song(make_song(scale(1)), tmp_path / "song.mp9")


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="can't be written"):
        render_song(make_song(scale(1)), tmp_path / "none" / "song.wav")


def test_what_fails_half_way_leaves_the_old_file(tmp_path: Path) -> None:
    out = tmp_path / "song.wav"
    out.write_bytes(b"the old one")

    def stop(seconds: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render_song(make_song(scale(4)), out, on_progress=stop)
    assert out.read_bytes() == b"the old one"
    assert [path.name for path in tmp_path.iterdir()] == ["song.wav"]


def test_each_track_has_a_file_of_its_own_and_together_they_are_the_song(tmp_path: Path) -> None:
    notes = [Note(i * BEAT, 60 + i, BEAT - 10, 60, i % 2) for i in range(4)]
    song = make_song(notes, (TrackInfo("Or/gan", 16), TrackInfo("", 73), TrackInfo("Empty", 0)))
    font = shipped_soundfont()
    rendered = render_tracks(song, tmp_path / "song.wav", soundfont=font)
    names = [each.path.name for each in rendered]
    assert names == ["song - 01 Or_gan.wav", "song - 02.wav"]
    assert [each.notes for each in rendered] == [2, 2]
    whole = np.concatenate(list(render_samples(song, soundfont=font)))
    parts = [soundfile.read(each.path, dtype="float32")[0] for each in rendered]
    n = min(map(len, [whole, *parts]))
    np.testing.assert_allclose(sum(part[:n] for part in parts), whole[:n], atol=2e-3)


def test_the_room_is_rendered_as_it_is_heard() -> None:
    song = make_song([Note(0, 60, BEAT)])
    font = shipped_soundfont()
    dry = np.concatenate(list(render_samples(song, soundfont=font)))
    wet = np.concatenate(list(render_samples(song, soundfont=font, sound=SoundSettings(-6.0, 0.5))))
    assert np.abs(wet).max() < 0.8 * np.abs(dry).max()
    assert np.abs(wet[25_000:29_000]).max() > 3 * np.abs(dry[25_000:29_000]).max()
