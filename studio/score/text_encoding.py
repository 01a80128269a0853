"""In which encoding the texts of a MIDI file are: the format never says it."""

from __future__ import annotations

from collections.abc import Iterable

from studio.score.meta_events import TEXT_TYPES, meta_payload
from studio.score.smf import KeptEvent

WESTERN = "cp1252"
# Windows' supersets of Shift-JIS, GBK, Big5 and EUC-KR, as sequencers have written them
CANDIDATES = ["cp932", "gbk", "big5", "cp949", "cp1251", WESTERN]
LEAST_BYTES = 8  # of a script that is not Latin: on less, a guess is no more than that
FOREIGN_SHARE = 0.4  # of the letters; in Western languages fewer carry an accent


def encoding_of(events: Iterable[KeptEvent]) -> str:
    """The encoding of all texts among `events`: 'utf-8' where they are that, else a guess."""
    texts = [text for event in events if (text := _text(event.data))]
    odd = [text for text in texts if not _is_utf8(text)]
    if not odd:
        return "utf-8"
    content = b"\n".join(odd)
    high = sum(byte > 0x7F for byte in content)
    letters = sum(byte > 0x7F or chr(byte).isalpha() for byte in content)
    if high < LEAST_BYTES or high < FOREIGN_SHARE * letters:
        return WESTERN
    from charset_normalizer import from_bytes  # few files need it

    best = from_bytes(content, cp_isolation=CANDIDATES).best()
    return best.encoding if best is not None else WESTERN


def _text(data: bytes) -> bytes | None:
    is_text = data[0] == 0xFF and data[1] in TEXT_TYPES
    return meta_payload(data, data[1]) if is_text else None


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
