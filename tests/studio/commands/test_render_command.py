"""`studio render`: a file, a JSON document, or one sentence."""

import json
from pathlib import Path

import pytest
import soundfile

import resources
from studio.cli import main

MELODY = str(resources.path("demo", "melody.mid"))


def test_it_writes_the_file_and_says_so_in_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "melody.wav"
    assert main(["render", MELODY, "-o", str(out), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert set(answer) == {"path", "seconds", "notes", "real_time_factor"}
    assert answer["path"] == str(out)
    assert answer["seconds"] == pytest.approx(soundfile.info(out).duration, abs=0.001)
    assert answer["notes"] > 20
    assert answer["real_time_factor"] > 1


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([MELODY, "-o", "{tmp}/x.mp9"], "must end in"),
        ([MELODY, "-o", "{tmp}/none/x.wav"], "can't be written"),
        (["{tmp}/none.mid", "-o", "{tmp}/x.wav"], "none.mid"),
        ([MELODY, "-o", "{tmp}/x.wav", "--soundfont", MELODY], "is not a SoundFont"),
    ],
)
def test_what_can_not_be_done_is_told_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], reason: str
) -> None:
    status = main(["render", *(text.replace("{tmp}", str(tmp_path)) for text in arguments)])
    error = capsys.readouterr().err
    assert status == 1
    assert reason in error
    assert "Traceback" not in error
    assert list(tmp_path.iterdir()) == []


def test_an_absurd_rate_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["render", MELODY, "-o", "x.wav", "--rate", "1"])
    assert left.value.code == 2
    assert "8000..192000" in capsys.readouterr().err
