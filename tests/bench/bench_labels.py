"""Measures how many clips filed under the wrong genre on purpose `studio inspect` finds.

    python tests/bench/bench_labels.py [DATA] [--split train|valid] [--share 0.05] [--similar]

One in twenty groups (artists, albums, tracks), drawn anew for each seed, gets the label of another
genre: of any, or with `--similar` of one that is easily taken for it. Told are how many of the
false labels are marked, how many of those that were left as they are (some of which may be
false, too), and how many of the marks are deserved: by the distance from the middle of the class
alone, and with the classes that other clips say it is like.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from genre_folders import say
from numpy.typing import NDArray

from models.data.audio_dataset import load_audio_dataset
from models.data.audio_files import read_native
from models.data.label_check import likelier_classes, timbre_features
from models.data.sound_map import make_map, sound_features

DATA = Path(__file__).parents[3] / "shared" / "data" / "audio"
SEEDS = range(10)
SIMILAR = {
    "blues": "jazz country",
    "classical": "jazz",
    "country": "blues rock",
    "disco": "pop",
    "electronic": "pop hiphop",
    "hiphop": "reggae electronic",
    "jazz": "blues classical",
    "metal": "rock",
    "pop": "disco electronic",
    "reggae": "hiphop",
    "rock": "metal",
}


def flipped(
    genres: list[str], groups: list[str], share: float, seed: int, *, is_similar: bool
) -> list[str]:
    """The genres with those of some groups changed."""
    rng = np.random.default_rng(seed)
    names = sorted(set(groups))
    own, every = dict(zip(groups, genres, strict=True)), sorted(set(genres))
    new = {}
    for name in rng.choice(names, max(1, round(share * len(names))), replace=False):
        others = SIMILAR[own[name]].split() if is_similar else every
        new[name] = str(rng.choice([genre for genre in others if genre != own[name]]))
    return [new.get(group, genre) for group, genre in zip(groups, genres, strict=True)]


def tell(name: str, marked: list[NDArray[np.bool_]], false: list[NDArray[np.bool_]]) -> None:
    hits, honest = np.concatenate(marked), ~np.concatenate(false)
    recall, others = hits[~honest].mean(), hits[honest].mean()
    deserved = (hits & ~honest).sum() / max(1, hits.sum())
    say(f"{name}: {recall:.0%} of the false, {others:.1%} of the others, {deserved:.0%} deserved")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data", nargs="?", type=Path, default=DATA)
    parser.add_argument("--split", choices=("train", "valid"))
    parser.add_argument("--share", type=float, default=0.05)
    parser.add_argument("--similar", action="store_true")
    args = parser.parse_args()
    clips = [c for c in load_audio_dataset(args.data).clips if args.split in (None, c.split)]
    on_map, timbres = [], []
    for clip in clips:
        sound = read_native(clip.path)
        on_map.append(sound_features(*sound))
        timbres.append(timbre_features(*sound))
    genres, groups = [clip.genre for clip in clips], [clip.group for clip in clips]
    say(f"{len(clips)} clips, {len(set(groups))} groups, {len(SEEDS)} seeds")
    false, far, like = [], [], []
    for seed in SEEDS:
        labels = flipped(genres, groups, args.share, seed, is_similar=args.similar)
        false.append(np.array(labels) != np.array(genres))
        far.append(make_map(on_map, labels).is_unusual)
        rather = likelier_classes(timbres, labels, groups)
        like.append(far[-1] | np.array([name is not None for name in rather]))
    tell("far from the middle of the class", far, false)
    tell("or rather like another class", like, false)


if __name__ == "__main__":
    main()
