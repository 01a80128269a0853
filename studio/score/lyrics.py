"""The words that are sung: the lyric events of a MIDI file as syllables, and edits of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from studio.score.meta_events import decoded, meta, meta_payload
from studio.score.score import Edit, PlacedEvent
from studio.score.song import Song

TEXT, LYRIC = 0x01, 0x05
ABOUT_THE_FILE = "@"  # what a text of karaoke files begins with that is not sung
SIGNS = "\\/\r\n\0 \t"  # for new lines and verses, about a syllable


@dataclass(frozen=True, slots=True)
class Syllable:
    """A syllable at `tick`, without its signs, and where its event is in the song."""

    tick: int
    text: str
    place: PlacedEvent


def syllables_of(song: Song) -> list[Syllable]:
    """All syllables in order of time.

    Where the file has no lyric events, its texts are taken, as karaoke files have them; not those
    at the very beginning, which are about the file.
    """
    sung = list(_syllables(song, LYRIC))
    if not sung:
        sung = [syllable for syllable in _syllables(song, TEXT) if syllable.tick]
    return sorted(sung, key=lambda syllable: syllable.tick)


def _syllables(song: Song, kind: int) -> Iterator[Syllable]:
    head = bytes((0xFF, kind))
    for number, chunk in enumerate(song.chunks):
        for at, event in enumerate(chunk.events):
            if event.data[:2] == head:
                text = _text(song, event.data)
                is_sung = kind == LYRIC or not text.startswith(ABOUT_THE_FILE)
                if is_sung and text.strip(SIGNS):
                    place = PlacedEvent(number, at, event)
                    yield Syllable(event.tick, text.strip(SIGNS), place)


def _text(song: Song, data: bytes) -> str:
    return decoded(meta_payload(data, data[1]) or b"", song.encoding)


def changes_syllables(edit: Edit) -> bool:
    """Whether an edit may give the song other syllables."""
    places = edit.events_removed | edit.events_added
    return any(
        place.event.data[:1] == b"\xff" and place.event.data[1] in _KINDS for place in places
    )


_KINDS = (TEXT, LYRIC)


def write_syllable(song: Song, old: Syllable, text: str) -> Edit:
    """Sing something else there; its signs stay. Empty takes the syllable away."""
    text = text.strip(SIGNS)
    if text == old.text:
        return Edit("Lyrics")
    place = _where_it_is_now(song, old)
    if place is None or not text:
        gone = frozenset(() if place is None else (place,))
        return Edit("Remove lyrics", events_removed=gone)
    whole = _text(song, place.event.data)
    start = whole.index(old.text)
    payload = f"{whole[:start]}{text}{whole[start + len(old.text) :]}".encode()
    event = place.event._replace(data=meta(place.event.data[1], payload))
    return Edit(
        "Lyrics",
        events_removed=frozenset((place,)),
        events_added=frozenset((place._replace(event=event),)),
    )


def _where_it_is_now(song: Song, syllable: Syllable) -> PlacedEvent | None:
    """Its place, where other events of its chunk may have come or gone."""
    chunk, _, event = syllable.place
    events = song.chunks[chunk].events if chunk < len(song.chunks) else []
    return PlacedEvent(chunk, events.index(event), event) if event in events else None
