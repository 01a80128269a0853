"""What a song has beside its notes, and how edits change it."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

from models.notes import Note, NoteError
from studio.score.meta_events import NAME, decoded, meta_payload
from studio.score.score import Edit
from studio.score.smf import Chunk
from studio.score.track import Lineup, Track

READ_FROM_EVENTS = ("tempo", "time_signatures", "key_signatures", "tempo_map", "metre")


class SongContents:
    """Tracks, the chunks of the file, and which notes are silent. `change` makes an edit's part."""

    def __init__(self, tracks: list[Track], chunks: list[Chunk], file_type: int) -> None:
        self.tracks, self.chunks, self.file_type = tracks, chunks, file_type
        self.encoding = "utf-8"  # of its texts
        self.muted: Set[Note] = frozenset()  # notes that are not heard; a MIDI file can't say so

    @property
    def lineup(self) -> Lineup:
        """The tracks as they are now."""
        return Lineup(tuple(self.tracks), len(self.chunks), self.file_type)

    def change(self, edit: Edit) -> None:
        """Make what an edit changes beside notes."""
        if edit.lineup is None:
            self._change_events(edit)
        else:
            self._change_lineup(edit, *edit.lineup)
        if edit.mutes_removed or edit.mutes_added:
            self.muted = (self.muted - edit.mutes_removed) | edit.mutes_added

    def _change_lineup(self, edit: Edit, before: Lineup, after: Lineup) -> None:
        if before.places != self.lineup.places or before.n_chunks != len(self.chunks):
            raise NoteError(f"{edit.label}: the tracks are not as they were")
        self.chunks += [Chunk() for _ in range(after.n_chunks - before.n_chunks)]
        self._change_events(edit)
        del self.chunks[after.n_chunks :]
        self.tracks, self.file_type = list(after.tracks), after.file_type

    def _change_events(self, edit: Edit) -> None:
        """Make an edit's changes of events. Chunks are shared with copies: make others."""
        for index in {place.chunk for place in edit.events_removed | edit.events_added}:
            chunk = self.chunks[index]
            events = list(chunk.events)
            for place in sorted(edit.events_removed, reverse=True):
                if place.chunk == index:
                    del events[place.at]
            for place in sorted(edit.events_added):
                if place.chunk == index:
                    events.insert(place.at, place.event)
            self.chunks[index] = Chunk(events, chunk.end_tick)
            self.tracks = [self._reread(t) if t.chunk == index else t for t in self.tracks]
        if edit.events_removed or edit.events_added:
            for name in READ_FROM_EVENTS:
                self.__dict__.pop(name, None)

    def _reread(self, track: Track) -> Track:
        """The track as the events of its chunk say it is now."""
        events = self.chunks[track.chunk].events
        programs = [e.data[1] for e in events if e.data[0] == 0xC0 | track.channel]
        program = programs[0] if programs else 0
        is_alone = sum(other.chunk == track.chunk for other in self.tracks) == 1
        if not is_alone:  # its name tells it from the others of its chunk
            return replace(track, program=program)
        names = [text for e in events if (text := meta_payload(e.data, NAME)) is not None]
        name = decoded(names[0], self.encoding).strip("\0 ") if names else ""
        return replace(track, name=name, program=program)
