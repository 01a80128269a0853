"""Why a model proposes a note, or is surprised by one, in a sentence."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from models.notes import Note
from studio.assistant.suggestion import Ghost
from studio.score.chord_parts import SoundingChord
from studio.ui.compose.expectation_painter import SURPRISING
from studio.ui.compose.expectation_view_model import ExpectationViewModel, Expected, MissedNote
from studio.ui.compose.roll_painter import pitch_name
from studio.ui.compose.roll_targets import Target
from studio.ui.compose.roll_tools import RollPoint
from studio.ui.compose.score_view_model import ScoreViewModel
from studio.ui.compose.suggestion_view_model import SuggestionViewModel

TELLING = 0.05  # a likelier pitch below this is no news


class Explanations:
    """Words for what lies under the mouse: a ghost, a judged note, the place of a missed one."""

    def __init__(
        self,
        score: ScoreViewModel,
        suggestions: SuggestionViewModel,
        expectation: ExpectationViewModel | None,
    ) -> None:
        self._score, self._suggestions, self._expectation = score, suggestions, expectation

    def of(self, point: RollPoint, target: Target) -> str:
        """The sentence, '' where there is nothing to explain."""
        ghosts = self._suggestions.ghosts
        if target.kind == "ghost" and target.ghost < len(ghosts):
            return self.of_ghost(ghosts[target.ghost])
        expectation = self._expectation
        if expectation is None or not expectation.is_on:
            return ""
        if target.note is not None and target.note in expectation.notes:
            return self._of_note(target.note, expectation.notes[target.note])
        for missed in expectation.missed:
            note = missed.note
            if note.pitch == point.pitch and note.start <= point.tick < note.end:
                return self._of_missed(missed, len(expectation.missed))
        return ""

    def of_ghost(self, ghost: Ghost) -> str:
        """Why an event is proposed: how sure the model is, which of how many, in which chord."""
        event, ghosts = ghost.event, self._suggestions.ghosts
        rank = 1 + sum(other.event.probability > event.probability for other in ghosts)
        is_add = event.action == "add"
        text = (
            _tr("Add {0}: the model is {1:.0%} sure that it belongs here, {2} of {3} proposals")
            if is_add
            else _tr("Remove {0}: the model is {1:.0%} sure that it is wrong, {2} of {3} proposals")
        )
        said = text.format(pitch_name(event.note.pitch), event.probability, _th(rank), len(ghosts))
        return f"{said}. {self._place(event.note)}".strip()

    def _of_note(self, note: Note, expected: Expected) -> str:
        is_surprising = expected.likelihood < SURPRISING
        text = (
            _tr("{0} surprises the model: {1:.0%} likely, the {2} most surprising of {3} here")
            if is_surprising
            else _tr("{0} is as expected: {1:.0%} likely, the {2} most surprising of {3} here")
        )
        name = pitch_name(note.pitch)
        said = text.format(name, expected.likelihood, _th(expected.rank), expected.of) + "."
        if is_surprising and expected.other_probability >= TELLING:
            other = _tr("It would add {0} ({1:.0%}).")
            said += " " + other.format(pitch_name(expected.other), expected.other_probability)
        return f"{said} {self._place(note)}".strip()

    def _of_missed(self, missed: MissedNote, n_missed: int) -> str:
        text = _tr("The model misses {0} here: {1:.0%} likely, {2} of {3}.")
        name = pitch_name(missed.note.pitch)
        said = text.format(name, missed.probability, _th(missed.rank), n_missed)
        return f"{said} {self._place(missed.note)}".strip()

    def _place(self, note: Note) -> str:
        """What the note is in the chord that sounds with it."""
        chord = self._chord(note)
        if chord is None:
            return ""
        part = chord.part_of(note.pitch)
        if part:
            return _tr("It is the {0} of {1}.").format(_tr(part), chord.name)
        return _tr("It is foreign to {0}, which sounds here.").format(chord.name)

    def _chord(self, note: Note) -> SoundingChord | None:
        columns, tracks = self._score.score.columns, self._score.tracks
        sounding = columns.notes(columns.within(note.start, note.start + 1, 0, 127))
        drums = {index for index, track in enumerate(tracks) if track.is_drums}
        others = (n for n in sounding if n != note and n.track not in drums)
        return SoundingChord.at(others, note.start)


def _th(rank: int) -> str:
    """1st, 2nd, 3rd, 4th, …."""
    endings = {1: "st", 2: "nd", 3: "rd"}
    ending = "th" if rank % 100 in (11, 12, 13) else endings.get(rank % 10, "th")
    return f"{rank}{ending}"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Explanations", text)
