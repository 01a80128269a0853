"""A few songs of four chords, for the training of score models."""

from pathlib import Path

import mido

CHORDS = ((48, 55, 64, 72), (53, 57, 60, 69), (43, 59, 62, 67), (48, 52, 67, 72))


def write_song(path: Path, shift: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    midi = mido.MidiFile(ticks_per_beat=480)
    track = mido.MidiTrack()
    for bar in range(16):
        chord = [pitch + shift for pitch in CHORDS[bar % 4]]
        for pitch in chord:
            track.append(mido.Message("note_on", note=pitch))
        for index, pitch in enumerate(chord):
            track.append(mido.Message("note_off", note=pitch, time=0 if index else 960))
    midi.tracks.append(track)
    midi.save(path)


def write_songs(folder: Path, n_songs: int) -> Path:
    for index in range(n_songs):
        write_song(folder / f"{index}.mid", index - n_songs // 2)
    return folder
