"""MusicXML made to do harm: refused before it is music, in a sentence."""

import io
import resource
import zipfile

import pytest

from studio.errors import StudioError
from studio.score.musicxml import parse_musicxml
from studio.score.musicxml_guard import MAX_DEPTH, BrokenXmlError, plain_xml
from tests.fuzz_targets import BAR, PART

GOOD = PART.format(BAR.format(number=1, divisions=2, beats=4))
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(10))


def refused(content: bytes | str, reason: str) -> None:
    data = content.encode() if isinstance(content, str) else content
    with pytest.raises(StudioError, match=reason) as error:
        parse_musicxml(data, "it.musicxml")
    assert len(str(error.value)) < 300


def packed(*files: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return buffer.getvalue()


def test_what_is_good_is_read_packed_or_plain() -> None:
    plain = parse_musicxml(GOOD.encode(), "it.musicxml")
    score = ("score.xml", GOOD.encode())
    twice = parse_musicxml(packed(("META-INF/container.xml", b"<x/>"), score), "it.mxl")
    assert plain.score.notes == twice.score.notes
    assert len(plain.score.notes) >= 3


@pytest.mark.parametrize("coding", ["utf-16", "latin-1"])
def test_any_coding_that_xml_knows_is_read(coding: str) -> None:
    text = f'<?xml version="1.0" encoding="{coding}"?>{GOOD}'
    assert parse_musicxml(text.encode(coding), "it.xml").score.notes


def test_a_billion_laughs_are_refused_unheard() -> None:
    words = f"<!DOCTYPE x [{LAUGHS}]>" + GOOD.replace("<part-name>A", "<part-name>&l9;")
    refused(words, "entities")


@pytest.mark.parametrize("where", ["file:///etc/passwd", "http://127.0.0.1:9/x.dtd"])
def test_no_other_file_is_read(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    words = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{where}">]>' + GOOD.replace(">A<", ">&e;<")
    refused(words, "entities")
    plain = f'<!DOCTYPE score-partwise SYSTEM "{where}">{GOOD}'  # as every program writes one
    assert parse_musicxml(plain.encode(), "it.xml").score.notes


def test_nesting_without_end_is_refused() -> None:
    refused("<score-partwise>" + "<a>" * 200_000, "parts within parts")
    refused(f"<score-partwise>{'<a>' * MAX_DEPTH}{'</a>' * MAX_DEPTH}</score-partwise>", "parts")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<duration>2<", "<duration>999999999999<"),
        ("<divisions>2<", "<divisions>1e300<"),
        ("<divisions>2<", "<divisions>nan<"),
        ("<duration>2<", f"<duration>{'0' * 99}<"),
        ("<octave>4<", "<octave>99999999<"),
        ("<actual-notes>3<", "<actual-notes>123456789<"),
        ('times="2"', 'times="1000000000"'),
        ('times="2"', 'times="17"'),
        ('times="2"', 'times="-1"'),
    ],
)
def test_numbers_out_of_all_proportion_are_refused(before: str, after: str) -> None:
    assert before in GOOD
    refused(GOOD.replace(before, after), "no MusicXML that can be read")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "broken"),
        (b"poem", "broken"),
        (b"<score-timewise/>", "begins with 'score-timewise'"),
        (b"PK\3\4poem", "zip"),
        (packed(("a.txt", b"x")), "no score"),
        (packed(("../a.xml", GOOD.encode())), "outside"),
        (b'<?xml version="1.0" encoding="martian"?><score-partwise/>', "broken"),
    ],
)
def test_what_is_none_is_refused(content: bytes, reason: str) -> None:
    refused(content, reason)


def test_a_packed_bomb_is_not_unpacked() -> None:
    bomb = packed(("score.xml", GOOD.encode() + bytes(80 << 20)))
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    refused(bomb, "larger than 64 MB")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < 100 << 10


def test_a_short_file_that_is_played_without_end_is_read_once() -> None:
    bars = "".join(BAR.format(number=n, divisions=2, beats=4) for n in range(16))
    often = parse_musicxml(
        PART.format(bars.replace('"2"/></bar', '"16"/></bar')).encode(), "it.xml"
    )
    once = parse_musicxml(PART.format(bars.replace("<repeat ", "<nothing ")).encode(), "it.xml")
    assert often.score.notes == once.score.notes
    assert "repeated very often" in often.warnings[-1]
    assert once.warnings == []


def test_too_many_elements_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.score.musicxml_guard.MAX_ELEMENTS", 10)
    with pytest.raises(BrokenXmlError, match="more parts"):
        plain_xml(GOOD.encode())
