import json
import math
from pathlib import Path

from models.training.events import EVENTS_FILE, Event, EventLog, read_events, rewind_events


def test_a_reader_sees_each_event_whole_at_once(tmp_path: Path) -> None:
    told: list[Event] = []
    log = EventLog(tmp_path, told.append)
    log.write("epoch", epoch=1, step=6, valid_loss=math.nan, metrics={"auc": math.inf})
    line = json.loads((tmp_path / EVENTS_FILE).read_text())
    assert line == told[0]
    assert (line["valid_loss"], line["metrics"]) == (None, {"auc": None})
    log.close()


def test_seconds_go_on_from_the_sessions_before(tmp_path: Path) -> None:
    log = EventLog(tmp_path, lambda event: None, seconds_before=100.0)
    log.write("start")
    log.close()
    assert 100 <= read_events(tmp_path)[0]["seconds"] < 110


def test_batch_events_are_few(tmp_path: Path) -> None:
    log = EventLog(None, lambda event: None)
    assert log.is_batch_due()
    assert not any(log.is_batch_due() for _ in range(50))


def test_a_line_cut_short_is_no_event(tmp_path: Path) -> None:
    (tmp_path / EVENTS_FILE).write_text('{"event": "start"}\n{"event": "epo')
    assert [event["event"] for event in read_events(tmp_path)] == ["start"]
    assert read_events(tmp_path / "nowhere") == []


def test_rewinding_drops_what_came_after_the_saved_state(tmp_path: Path) -> None:
    log = EventLog(tmp_path, lambda event: None)
    log.write("start")
    for epoch in (1, 2):
        log.write("batch", epoch=epoch, step=epoch * 5 - 2)
        log.write("epoch", epoch=epoch, step=epoch * 5)
        log.write("best", epoch=epoch, step=epoch * 5)
    log.write("epoch", epoch=3, step=12)  # measured within the epoch, as its time was up
    log.write("batch", epoch=3, step=14)
    log.write("end", epoch=2, step=14)
    log.close()
    rewind_events(tmp_path, epochs=2, step=12)
    kept = [(event["event"], event["step"]) for event in read_events(tmp_path)]
    assert kept[-1] == ("best", 10)
    assert kept[1:4] == [("batch", 3), ("epoch", 5), ("best", 5)]
