"""MusicXML from strangers: unpacked and looked through within bounds before it is read."""

from __future__ import annotations

import io
from pathlib import PurePosixPath
from xml.parsers import expat

from studio.bounded_zip import BrokenZipError, open_zip, read_member

MAX_BYTES = 64 << 20  # of one score, unpacked: a symphony is a tenth of it
MAX_ELEMENTS, MAX_DEPTH = 2_000_000, 40
MAX_NUMBER, MAX_DIGITS = 1e6, 40
MAX_TIMES = 16  # that a passage is repeated
ROOT = "score-partwise"
_ZIP_MARK = b"PK\3\4"
_TIME = ("divisions", "duration", "actual-notes", "normal-notes", "beats", "beat-type")
_MUCH = ("multiple-rest", "measure-repeat", "beat-repeat", "octave", "alter", "fifths")
_SHIFT = ("chromatic", "octave-change", "diatonic")
_COUNTS = frozenset((*_TIME, *_MUCH, *_SHIFT))
"""Elements whose numbers say how much there is to make; the others are only kept."""


class BrokenXmlError(ValueError):
    """The file is no MusicXML, is damaged, or is made to do harm; the message says which."""


def plain_xml(content: bytes) -> bytes:
    """The XML in a MusicXML file, unpacked where it is compressed (.mxl), and looked through.

    Raises BrokenXmlError.
    """
    try:
        text = _unpacked(content) if content.startswith(_ZIP_MARK) else content
    except BrokenZipError as error:
        raise BrokenXmlError(str(error)) from error
    if len(text) > MAX_BYTES:
        raise BrokenXmlError(f"it is larger than {MAX_BYTES >> 20} MB")
    _Watch().read(text)
    return text


def _unpacked(content: bytes) -> bytes:
    with open_zip(io.BytesIO(content)) as archive:
        paths = [PurePosixPath(name) for name in archive.namelist()]
        scores = [str(p) for p in paths if p.name.endswith("xml") and p.parts[0] != "META-INF"]
        if not scores:
            raise BrokenXmlError("there is no score in it")
        return read_member(archive, scores[0], MAX_BYTES)


class _Watch:
    """Follows the tags of a document and refuses what would grow without end."""

    def __init__(self) -> None:
        self._depth = self._n_elements = 0
        self._name, self._text = "", ""

    def read(self, text: bytes) -> None:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._on_text
        parser.EntityDeclHandler = _refuse_entity
        try:
            parser.Parse(text, True)
        except (expat.ExpatError, ValueError, LookupError) as error:
            if isinstance(error, BrokenXmlError):
                raise
            raise BrokenXmlError(f"its XML is broken ({error})") from error

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._n_elements += 1
        self._name, self._text = name, ""
        if self._n_elements == 1 and name != ROOT:
            raise BrokenXmlError(f"it begins with {name!r:.40} and not with {ROOT}")
        if self._depth > MAX_DEPTH or self._n_elements > MAX_ELEMENTS:
            raise BrokenXmlError("it has more parts within parts than music has")
        if name == "repeat" and not _is_modest(attributes.get("times", "1"), MAX_TIMES):
            raise BrokenXmlError(f"a passage is repeated more than {MAX_TIMES} times")

    def _on_text(self, text: str) -> None:
        if self._name in _COUNTS and len(self._text) <= MAX_DIGITS:
            self._text += text

    def _end(self, name: str) -> None:
        self._depth -= 1
        if name == self._name and name in _COUNTS and not _is_sane(self._text):
            raise BrokenXmlError(f"a number in it is out of all proportion ({name})")
        self._name = ""


def _refuse_entity(*_: object) -> None:
    raise BrokenXmlError("it declares entities, which music has no use for")


def _is_modest(number: str, most: int) -> bool:
    return number.isdecimal() and len(number) <= MAX_DIGITS and int(number) <= most


def _is_sane(text: str) -> bool:
    """Whether a number says how much music there can be; what is none is the library's to judge."""
    try:
        return len(text) <= MAX_DIGITS and abs(float(text)) <= MAX_NUMBER
    except ValueError:
        return True
