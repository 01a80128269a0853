"""Names that lead to pipes, devices, folders and nowhere: told at once, never waited for."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from models.card import Card
from models.data.audio_dataset import load_audio_dataset
from models.data.audio_files import audio_info, read_audio
from models.data.scores import load_piece, load_scores
from models.errors import ModelError
from models.plain_file import read_file
from studio import settings
from studio.audio.synth import Synth
from studio.errors import StudioError
from studio.score.formats import read_score
from studio.score.project import read_project
from studio.training.model_zip import import_model
from studio.training.results import load_results
from tests.models.tiny_score_model import write_score_model

pytestmark = pytest.mark.timeout(60)
REFUSALS = (StudioError, ModelError)


def pipe(path: Path) -> None:
    os.mkfifo(path)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def circle(path: Path) -> None:
    path.symlink_to(path)


def nowhere(path: Path) -> None:
    path.symlink_to(path.with_name("nowhere"))


def folder(path: Path) -> None:
    path.mkdir()


READERS: dict[str, Callable[[Path], object]] = {
    "a.mid": read_score,
    "a.musicxml": read_score,
    "a.studio": read_project,
    "a.wav": audio_info,
    "a.mp3": lambda path: read_audio(path, 22050),
    "a.kar": load_piece,
    "a.sf2": Synth,
    "a.zip": lambda path: import_model(path, check=lambda model: None),
    "results.json": lambda path: load_results(path.parent),
    "card.json": lambda path: Card.load(path.parent),
}


@pytest.mark.parametrize("make", [pipe, device, circle, nowhere, folder])
@pytest.mark.parametrize("name", READERS)
def test_what_is_no_file_is_refused_at_once(
    name: str, make: Callable[[Path], None], tmp_path: Path
) -> None:
    make(tmp_path / name)
    with pytest.raises(REFUSALS) as refused:
        READERS[name](tmp_path / name)
    assert str(tmp_path) in str(refused.value)
    assert list(settings.models_dir().iterdir()) == []


def test_a_link_to_a_file_is_as_good_as_the_file(tmp_path: Path) -> None:
    write_score_model(tmp_path / "model")
    (tmp_path / "link").mkdir()
    for path in (tmp_path / "model").iterdir():
        (tmp_path / "link" / path.name).symlink_to(path)
    assert Card.load(tmp_path / "link").name == "model"


@pytest.mark.parametrize("make", [pipe, device])
def test_weights_that_never_end_are_refused(make: Callable[[Path], None], tmp_path: Path) -> None:
    model = write_score_model(tmp_path / "model")
    (model / "model.safetensors").unlink()
    make(model / "model.safetensors")
    with pytest.raises(ModelError, match=r"no model\.safetensors"):
        Card.load(model)


@pytest.mark.parametrize("load", [load_audio_dataset, load_scores])
def test_a_list_of_files_that_is_too_large_is_not_read(
    load: Callable[[Path], object], tmp_path: Path
) -> None:
    with (tmp_path / "manifest.csv").open("wb") as file:
        file.truncate(1 << 40)  # sparse: takes no disk
    with pytest.raises(ModelError, match="larger than 256 MB"):
        load(tmp_path)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    assert read_file(tmp_path / "a", 5) == b"12345"
    with pytest.raises(ValueError, match="larger"):
        read_file(tmp_path / "a", 4)
    with (tmp_path / "huge.mid").open("wb") as file:
        file.truncate(1 << 40)  # sparse: takes no disk
    with pytest.raises(StudioError, match="larger than 256 MB"):
        read_score(tmp_path / "huge.mid")
