"""The transport bar and its view-model: it plays the score that is there, and says where it is."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QToolButton, QWidget
from pytestqt.qtbot import QtBot

import resources
from models.notes import Note
from studio.audio.file_source import FileSource
from studio.audio.player import Player
from studio.audio.soundfont import shipped_soundfont
from studio.score.midi_file import write_midi
from studio.score.score import Edit
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.listen.listen_view_model import ListenViewModel
from studio.ui.listen.source_menu import SourceMenu
from studio.ui.main_window import MINIMUM_SIZE
from studio.ui.theme import theme
from studio.ui.transport_bar import TransportBar
from studio.ui.transport_view_model import TransportViewModel
from tests.studio.audio.manual_output import RATE, ManualOutput, drive
from tests.studio.audio.songs import BEAT, make_song, scale

BAR = 4 * BEAT


@pytest.fixture
def score() -> ScoreViewModel:
    view_model = ScoreViewModel()
    assert view_model.open(resources.path("demo", "song.mid"))
    return view_model


@pytest.fixture
def output() -> ManualOutput:
    return ManualOutput()


@pytest.fixture
def player(output: ManualOutput) -> Player:
    return Player(shipped_soundfont(), open_output=lambda latency_s: (output, None))


@pytest.fixture
def transport(score: ScoreViewModel, player: Player) -> Iterator[TransportViewModel]:
    view_model = TransportViewModel(score, player)
    yield view_model
    view_model.close()


@pytest.fixture
def bar(qtbot: QtBot, transport: TransportViewModel) -> TransportBar:
    widget = TransportBar(transport)
    qtbot.addWidget(widget)
    widget.resize(1280, widget.height())
    widget.show()
    return widget


def click(qtbot: QtBot, bar: QWidget, name: str) -> None:
    button = bar.findChild(QToolButton, name)
    assert button is not None
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_the_bar_says_what_the_song_is_in(bar: TransportBar) -> None:
    assert bar.position_label.text() == "1.1.000"
    assert bar.bpm_label.text() == "104.0 bpm"
    assert bar.metre_label.text() == "4/4"
    assert bar.key_label.text() == "D major"


def test_tempo_follows_the_playhead(bar: TransportBar, transport: TransportViewModel) -> None:
    transport.seek(22 * BAR + 100)
    assert bar.position_label.text() == "23.1.100"
    assert bar.bpm_label.text() == "96.0 bpm"


def test_play_moves_the_playhead_and_pause_keeps_it(
    qtbot: QtBot, bar: TransportBar, transport: TransportViewModel,
    player: Player, output: ManualOutput,
) -> None:  # fmt: skip
    click(qtbot, bar, "play_button")
    assert transport.is_playing
    assert bar.play_button.accessibleName() == "Pause"
    drive(player, output, RATE)
    qtbot.waitUntil(lambda: bar.position_label.text() == "1.2.352", timeout=5000)
    click(qtbot, bar, "play_button")
    assert not transport.is_playing
    assert bar.play_button.accessibleName() == "Play"
    assert bar.position_label.text() == "1.2.352"  # 104 bpm for a second: 1.733 beats


def test_stop_goes_back_to_where_it_started_and_then_to_the_beginning(
    qtbot: QtBot, bar: TransportBar, transport: TransportViewModel,
    player: Player, output: ManualOutput,
) -> None:  # fmt: skip
    transport.seek(4 * BAR)
    transport.play_toggle()
    drive(player, output, RATE)
    click(qtbot, bar, "stop_button")
    assert bar.position_label.text() == "5.1.000"
    click(qtbot, bar, "stop_button")
    assert bar.position_label.text() == "1.1.000"


def test_loop_takes_the_bars_of_the_selection(
    qtbot: QtBot, bar: TransportBar, transport: TransportViewModel, score: ScoreViewModel
) -> None:
    score.select(n for n in score.score.notes if 5 * BAR < n.start < 6 * BAR and n.track == 0)
    click(qtbot, bar, "loop_button")
    assert transport.loop == (5 * BAR, 6 * BAR)
    assert bar.loop_button.isChecked()
    click(qtbot, bar, "loop_button")
    assert transport.loop is None
    score.select(())
    click(qtbot, bar, "loop_button")
    assert transport.loop == (0, 24 * BAR)


def test_an_edit_while_it_plays_reaches_the_player(
    qtbot: QtBot, transport: TransportViewModel, score: ScoreViewModel,
    player: Player, output: ManualOutput,
) -> None:  # fmt: skip
    transport.play_toggle()
    drive(player, output, 2000)
    before = player._song
    assert score.request(Edit("Add", added=frozenset({Note(9 * BAR, 50, 100, 90, 0)})))
    qtbot.waitUntil(lambda: player._song is not before, timeout=5000)
    assert len(player._song.columns) == len(score.score)


def test_many_edits_at_rest_cost_nothing_until_it_plays(
    transport: TransportViewModel, score: ScoreViewModel, player: Player
) -> None:
    before = player._song
    for start in range(5):
        assert score.request(Edit("Add", added=frozenset({Note(start, 10, 100)})))
    assert player._song is before
    transport.play_toggle()
    assert len(player._song.columns) == len(score.score)


def test_another_song_stops_the_music(
    transport: TransportViewModel, score: ScoreViewModel, player: Player, tmp_path: Path
) -> None:
    transport.toggle_loop()
    transport.play_toggle()
    write_midi(make_song(scale(4)), tmp_path / "other.mid")
    assert score.open(tmp_path / "other.mid")
    assert not transport.is_playing
    assert transport.loop is None
    assert transport.position_ticks() == 0


def test_a_new_track_is_heard_and_does_not_stop_the_music(
    transport: TransportViewModel, score: ScoreViewModel, player: Player
) -> None:
    transport.play_toggle()
    score.add_track("More", 40)
    assert transport.is_playing
    assert player._song.tracks[-1].program == 40


def test_mute_and_solo_reach_the_player(
    transport: TransportViewModel, score: ScoreViewModel, player: Player
) -> None:
    score.set_soloed(1, True)
    assert player.muted == {0, 2, 3, 4}
    score.set_soloed(1, False)
    score.set_muted(2, True)
    assert player.muted == {2}


def test_playing_at_the_end_begins_again(
    transport: TransportViewModel, score: ScoreViewModel, player: Player, output: ManualOutput
) -> None:
    transport.seek(score.song.end + 5)
    transport.play_toggle()
    drive(player, output, 5000)
    assert transport.position_ticks() < BEAT


def test_the_players_troubles_become_notices(qtbot: QtBot, score: ScoreViewModel) -> None:
    player = Player(
        shipped_soundfont(), open_output=lambda latency_s: (ManualOutput(), "No sound here.")
    )
    transport = TransportViewModel(score, player)
    with qtbot.waitSignal(transport.notice, timeout=10_000) as told:
        transport.play_toggle()
    assert told.args == ["warning", "No sound here."]
    transport.close()


def test_the_right_side_shows_what_is_listened_to(
    qtbot: QtBot, transport: TransportViewModel
) -> None:
    listen = ListenViewModel(None)
    bar = TransportBar(transport, listen)
    qtbot.addWidget(bar)
    assert bar.source_button.text() == "No source"
    assert bar.lost_label.text() == "0 lost"
    assert isinstance(bar.source_button.menu(), SourceMenu)


def test_a_long_name_does_not_widen_the_window(
    qtbot: QtBot, transport: TransportViewModel, tmp_path: Path
) -> None:
    long = tmp_path / f"{'a long name ' * 18}.wav"
    soundfile.write(long, np.zeros(48_000), 48_000)
    listen = ListenViewModel(None)
    bar = TransportBar(transport, listen)
    qtbot.addWidget(bar)
    bar.show()
    listen.source = FileSource(long, is_audible=False)  # never started
    qtbot.waitUntil(lambda: "…" in bar.source_button.text())
    assert bar.minimumSizeHint().width() < MINIMUM_SIZE[0]


def test_every_control_speaks(bar: TransportBar) -> None:
    buttons = bar.findChildren(QToolButton)
    assert len(buttons) == 5
    for button in buttons:
        assert button.objectName()
        assert button.accessibleName()
        assert button.toolTip()
        assert button.statusTip()


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_it_is_quiet_and_one_line_high(qtbot: QtBot, bar: TransportBar, mode: str) -> None:
    theme().set_mode(mode)  # type: ignore[arg-type]
    assert bar.height() == 48
    assert bar.minimumSizeHint().width() <= 1000  # fits the smallest window
    middles = {
        round(w.mapTo(bar, QPoint(0, 0)).y() + w.height() / 2)
        for w in bar.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        if w.isVisible()
    }
    assert max(middles) - min(middles) <= 1


def test_another_song_is_heard_in_the_scores_place_without_a_gap(
    qtbot: QtBot, transport: TransportViewModel, score: ScoreViewModel, output: ManualOutput
) -> None:
    """A held tone in both: what is heard across the change is as even as without it."""
    held, other = Note(0, 60, 100 * BEAT), Note(50 * BEAT, 72, BEAT)
    score.new_song()
    score.request(Edit("Given", added=frozenset({held, other})))
    after = score.snapshot()
    after.score.apply(Edit("After", removed=frozenset({other})))
    transport.play_toggle()
    drive(transport.player, output, RATE)
    tick = transport.position_ticks()
    transport.play_instead(after)
    heard = drive(transport.player, output, RATE // 2)
    assert np.isfinite(heard).all()
    loudness = np.sqrt(np.mean(heard.reshape(-1, 441, 2) ** 2, axis=(1, 2)))
    assert loudness.min() > 0.5 * loudness.max(), "it neither stops nor starts anew"
    assert transport.player.underruns == 0
    assert transport.position_ticks() > tick
    qtbot.waitUntil(lambda: transport.player._song.columns is after.score.columns)
    transport.play_instead(None)
    assert transport.player._song.columns is score.score.columns
    transport.play_instead(after)
    score.new_song()
    assert transport.feed._instead is None
