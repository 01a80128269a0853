import io
import json
import os
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import resources
from models.card import Card
from models.prove import prove_model
from studio import settings
from studio.errors import StudioError
from studio.training.model_zip import export_model, import_model
from studio.training.registry import list_models
from tests.models.genre_sounds import write_model
from tests.models.tiny_score_model import write_score_model


def believe(folder: Path) -> None:
    """In the place of `prove_model`, which takes seconds."""


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    export_model(write_score_model(tmp_path / "mine"), tmp_path / "mine.zip")
    return tmp_path / "mine.zip"


def repacked(source: Path, target: Path, change: Callable[[str, bytes], bytes]) -> Path:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return target


def changed_card(source: Path, target: Path, **changes: Any) -> Path:
    def change(name: str, content: bytes) -> bytes:
        if not name.endswith("card.json"):
            return content
        return json.dumps({**json.loads(content), **changes}).encode()

    return repacked(source, target, change)


def refused(source: Path, reason: str) -> None:
    before = sorted(settings.models_dir().iterdir())
    with pytest.raises(StudioError, match=reason) as error:
        import_model(source, check=believe)
    assert str(source) in str(error.value)
    assert ".import-" not in str(error.value)
    assert sorted(settings.models_dir().iterdir()) == before


def test_a_model_comes_back_as_it_went(exported: Path, tmp_path: Path) -> None:
    folder = import_model(exported, check=prove_model)
    assert folder == settings.models_dir() / "mine"
    assert Card.load(folder) == Card.load(tmp_path / "mine")
    weights = "model.safetensors"
    assert (folder / weights).read_bytes() == (tmp_path / "mine" / weights).read_bytes()
    assert import_model(exported, check=believe).name == "mine-2"
    assert import_model(exported, "../other", check=believe).name == "other"


def test_the_same_model_makes_the_same_zip(exported: Path, tmp_path: Path) -> None:
    export_model(tmp_path / "mine", tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == exported.read_bytes()
    mode = stat.S_IMODE((tmp_path / "again.zip").stat().st_mode)
    assert mode == settings.new_file_mode()


def test_the_program_in_a_zip_is_never_taken_but_made_anew(tmp_path: Path) -> None:
    mine = write_model(tmp_path / "mine", onnx=True)
    export_model(mine, tmp_path / "mine.zip")

    def spoil(name: str, content: bytes) -> bytes:
        return b"harm" if name.endswith(".onnx") else content

    folder = import_model(
        repacked(tmp_path / "mine.zip", tmp_path / "spoilt.zip", spoil), check=prove_model
    )
    assert b"harm" not in (folder / "model.onnx").read_bytes()[:10]
    assert Card.load(folder).training["onnx_sha256"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"labels": ["a", "b", "c"]}, "genres"),
        ({"features": {"window_s": 60.0, "hop_length": 8}}, "can hear"),
        ({"features": {"sample_rate": 1_000_000, "fmax_hz": 100.0}}, "can hear"),
        ({"config": {"n_classes": 2, "n_mels": 32, "width": 5}}, "shape"),
        ({"config": {"n_classes": 2, "n_mels": 32, "width": 90_000}}, "shape"),
        ({"architecture": "os"}, "architecture"),
    ],
)
def test_a_card_that_does_not_fit_its_network_is_refused(
    changes: dict[str, Any], reason: str, tmp_path: Path
) -> None:
    export_model(write_model(tmp_path / "mine"), tmp_path / "mine.zip")
    source = changed_card(tmp_path / "mine.zip", tmp_path / "odd.zip", **changes)
    with pytest.raises(StudioError, match=reason):
        import_model(source, check=prove_model)
    assert list(settings.models_dir().iterdir()) == []


def test_places_on_this_computer_stay_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_score_model(tmp_path / "mine")
    card = json.loads((folder / "card.json").read_text())
    card["training"]["command"] = f"studio train lstm {tmp_path}/Music"
    card["training"]["data_state"] = {"folder": "/mnt/my music", "names": "0"}
    (folder / "card.json").write_text(json.dumps(card))
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    export_model(folder, tmp_path / "mine.zip")
    with zipfile.ZipFile(tmp_path / "mine.zip") as archive:
        text = archive.read("mine/card.json").decode()
    assert "studio train lstm ~/Music" in text
    assert str(tmp_path) not in text
    assert "my music" not in text
    assert '"names": "0"' in text


def test_a_shipped_name_is_never_taken(exported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = exported.parent / "shipped"
    write_score_model(shipped / "models" / "Mine")
    monkeypatch.setattr(resources, "path", lambda *parts: shipped.joinpath(*parts))
    assert import_model(exported, check=believe).name == "mine-2"
    names = [entry.name for entry in list_models() if entry.card is not None]
    assert names == ["Mine", "mine-2"]


@pytest.mark.parametrize("name", ["CON", "nul", "com1.x", "LPT9"])
def test_a_name_that_windows_keeps_for_itself_is_not_given(exported: Path, name: str) -> None:
    assert import_model(exported, name, check=believe).name == f"model-{name}"


def test_a_failed_check_keeps_nothing(exported: Path) -> None:
    def refuse(folder: Path) -> None:
        raise StudioError("No.")

    with pytest.raises(StudioError, match="No"):
        import_model(exported, check=refuse)
    assert list(settings.models_dir().iterdir()) == []


def test_wrong_weights_are_refused(exported: Path, tmp_path: Path) -> None:
    def spoil(name: str, content: bytes) -> bytes:
        return content[:-1] + b"?" if name.endswith(".safetensors") else content

    refused(repacked(exported, tmp_path / "spoilt.zip", spoil), "wrong hash")
    refused(changed_card(exported, tmp_path / "card.zip", sha256="0" * 64), "wrong hash")
    refused(changed_card(exported, tmp_path / "big.zip", config={"width": 1e12}), "proportion")


@pytest.mark.parametrize("content", [b"", b"PK", b"poem" * 100, b"PK\5\6" + bytes(18)])
def test_what_is_no_zip_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(content)
    refused(tmp_path / "x.zip", "no model that could be imported")


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    refused(tmp_path / "none.zip", "can't be imported: No such file")
    refused(tmp_path, "can't be imported")


@pytest.mark.parametrize(
    "name",
    ["../card.json", "a/../../evil", "/etc/passwd", "..\\evil", "C:\\evil", "a/b:stream"],
)
def test_a_path_outside_is_refused(exported: Path, name: str) -> None:
    with zipfile.ZipFile(exported, "a") as archive:
        archive.writestr(name, b"x")
    refused(exported, "outside its folder")


def test_a_link_is_refused(exported: Path) -> None:
    link = zipfile.ZipInfo("mine/heard.safetensors")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(exported, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    refused(exported, "is a link")


def test_two_files_of_one_name_are_refused(exported: Path) -> None:
    with zipfile.ZipFile(exported, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("mine/card.json", b"{}")
    refused(exported, "two files of one name")


def test_two_models_in_one_zip_are_refused(exported: Path) -> None:
    with zipfile.ZipFile(exported, "a") as archive:
        archive.writestr("other/card.json", b"{}")
    refused(exported, "more than one")


def test_what_is_missing_is_told(tmp_path: Path) -> None:
    source = tmp_path / "x.zip"
    for names, reason in (((), "no card.json"), (("m/card.json",), r"no model\.safetensors")):
        with zipfile.ZipFile(source, "w") as archive:
            for name in names:
                archive.writestr(name, b"{}")
        refused(source, reason)


def test_what_other_programs_add_is_left_out(exported: Path) -> None:
    with zipfile.ZipFile(exported, "a") as archive:
        archive.writestr("__MACOSX/mine/._card.json", b"x")
        archive.writestr("mine/notes.txt", b"x")
        archive.writestr("mine/run.py", b"x")
    folder = import_model(exported, check=believe)
    assert {path.name for path in folder.iterdir()} == {"card.json", "model.safetensors"}


def bomb(target: Path, name: str, size: int, **how: Any) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, **how) as archive:
        archive.writestr("m/card.json", b"{}")
        with archive.open(name, "w", force_zip64=True) as member:
            for _ in range(size >> 20):
                member.write(bytes(1 << 20))
        if "safetensors" not in name:
            archive.writestr("m/model.safetensors", b"x")
    return target


def test_bombs_are_not_unpacked(tmp_path: Path) -> None:
    refused(bomb(tmp_path / "a.zip", "m/model.safetensors", 100 << 20), "almost nothing")
    with zipfile.ZipFile(tmp_path / "c.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("m/card.json", os.urandom(1 << 16) * 32)
        archive.writestr("m/model.safetensors", b"x")
    refused(tmp_path / "c.zip", "larger than 1 MB")


def test_a_size_that_lies_is_found_out(tmp_path: Path) -> None:
    source = bomb(tmp_path / "a.zip", "m/model.safetensors", 2 << 20)
    content = source.read_bytes()
    told, truth = (100).to_bytes(4, "little"), (2 << 20).to_bytes(4, "little")
    assert truth in content
    source.write_bytes(content.replace(truth, told))
    refused(source, "CRC|hash|card|JSON|field")


def test_a_million_names_are_not_listed(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as archive:
        for number in range(6000):
            archive.writestr(f"{number:04}", b"")
    refused(tmp_path / "many.zip", "more files than any")


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_packing_that_asks_for_much_memory_is_refused(method: int, exported: Path) -> None:
    other = exported.with_name("other.zip")
    with zipfile.ZipFile(exported) as old, zipfile.ZipFile(other, "w", method) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    refused(other, "packed in a way")


def test_an_encrypted_zip_is_refused(exported: Path) -> None:
    content = bytearray(exported.read_bytes())
    at = content.find(b"PK\1\2")
    while at >= 0:
        content[at + 8] |= 1
        at = content.find(b"PK\1\2", at + 4)
    exported.write_bytes(content)
    refused(exported, "encrypted")


def test_a_card_that_can_not_be_written_again_is_refused(exported: Path, tmp_path: Path) -> None:
    def change(name: str, content: bytes) -> bytes:
        return content.replace(b'"training": {', b'"training": {"x": 1e999')

    refused(repacked(exported, tmp_path / "x.zip", change), "no model that could be imported")


def test_a_full_disk_leaves_the_zip_that_was_there(
    exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = exported.read_bytes()

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(StudioError, match="No space"):
        export_model(tmp_path / "mine", exported)
    assert exported.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine", "mine.zip"]


def test_a_zip_with_something_before_it_is_read(exported: Path) -> None:
    exported.write_bytes(io.BytesIO(b"#!/bin/sh\n" + exported.read_bytes()).getvalue())
    assert import_model(exported, check=believe).name == "mine"
