"""Rendering: onsets where the tempo map puts them, whole files or none."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from models.notes import Note
from models.protocol import TrackInfo
from studio.audio import render
from studio.audio.render import render_samples, render_song
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
