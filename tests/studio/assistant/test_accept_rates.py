import json
from pathlib import Path

import pytest

from studio.assistant.accept_rates import AcceptRates, Rate


def test_what_was_taken_is_counted_by_model_and_preset_and_kept(tmp_path: Path) -> None:
    rates = AcceptRates(tmp_path / "rates.json")
    rates.count("ar-cnn", "vary", 10, 4)
    rates.count("ar-cnn", "vary", 2, 2)
    rates.count("ar-cnn", "fix", 4, 0)
    rates.count("lstm", "fix", 0, 0)
    rates.close()
    again = AcceptRates(tmp_path / "rates.json")
    assert again.rates == [Rate("ar-cnn", "fix", 4, 0), Rate("ar-cnn", "vary", 12, 6)]
    assert again.of_model("ar-cnn").share == 6 / 16
    assert again.of_model("lstm").share == 0


def test_the_counts_can_be_deleted(tmp_path: Path) -> None:
    rates = AcceptRates(tmp_path / "rates.json")
    rates.count("ar-cnn", "vary", 10, 4)
    rates.forget()
    rates.close()
    assert rates.rates == []
    assert not (tmp_path / "rates.json").exists()


@pytest.mark.parametrize(
    "text",
    ["", "no JSON", "[]", '{"rates": 3}', json.dumps({"rates": [["a", "b", "c", "d"]]})],
)
def test_a_broken_file_counts_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "rates.json").write_text(text)
    assert AcceptRates(tmp_path / "rates.json").rates == []


def test_more_taken_than_proposed_is_not_believed(tmp_path: Path) -> None:
    rows = [["a", "vary", 1, 2], ["b", "vary", 2, 1]]
    (tmp_path / "rates.json").write_text(json.dumps({"format": 1, "rates": rows}))
    assert AcceptRates(tmp_path / "rates.json").rates == [Rate("b", "vary", 2, 1)]
