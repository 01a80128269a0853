import pytest

from studio.score.meta_events import decoded, meta
from studio.score.midi_file import midi_bytes, parse_midi
from studio.score.smf import KeptEvent
from studio.score.text_encoding import encoding_of

JAPANESE = ["ピアノ", "ドラム", "さくら さくら 弥生の空は"]
CHINESE = ["钢琴", "小提琴", "我和我的祖国一刻也不能分割"]
TRADITIONAL = ["鋼琴", "小提琴 獨奏", "望春風 台灣民謠", "夜來香 作曲 黎錦光", "長笛"]
KOREAN = ["피아노", "아리랑 아리랑 아라리요"]
RUSSIAN = ["Пианино", "Подмосковные вечера"]
WESTERN = ["Flûte", "Größe", "Señorita", "Noël"]


def events(texts: list[str], encoding: str) -> list[KeptEvent]:
    return [KeptEvent(0, 0, meta(3, text.encode(encoding))) for text in texts]


@pytest.mark.parametrize(
    ("texts", "encoding"),
    [
        (JAPANESE, "shift_jis"),
        (CHINESE, "gbk"),
        (TRADITIONAL, "big5"),
        (KOREAN, "euc_kr"),
        (RUSSIAN, "cp1251"),
        (WESTERN, "cp1252"),
        (WESTERN[:1], "cp1252"),
        (JAPANESE, "utf-8"),
        (["Piano"], "ascii"),
    ],
)
def test_texts_come_out_as_they_were_written(texts: list[str], encoding: str) -> None:
    found = encoding_of(events(texts, encoding))
    assert [decoded(text.encode(encoding), found) for text in texts] == texts


def test_bytes_that_fit_no_encoding_are_kept_readable() -> None:
    assert decoded(b"a\x81\x00", "cp1252") == "a\x81\x00"


def test_a_file_with_japanese_names_shows_them_and_keeps_its_bytes() -> None:
    name = "さくら さくら".encode("shift_jis")
    body = b"\x00" + meta(3, name) + b"\x00\x90\x3c\x40\x60\x80\x3c\x40\x00\xff\x2f\x00"
    header = b"MThd\x00\x00\x00\x06\x00\x00\x00\x01\x00\x60"
    data = header + b"MTrk" + len(body).to_bytes(4, "big") + body
    song = parse_midi(data)
    assert song.tracks[0].name == "さくら さくら"
    assert song.warnings == []
    assert midi_bytes(song) == data
