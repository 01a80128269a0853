"""The wheel holds everything that the application needs outside the checkout."""

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def build(folder: Path, kind: str = "wheel") -> Path:
    """A wheel or an sdist built from this checkout, in `folder`."""
    source = folder / "source"
    source.mkdir(parents=True)
    for name in ("pyproject.toml", "README.md", "LICENSE", "studio", "models", "resources"):
        (source / name).symlink_to(ROOT / name)
    return build_from(source, folder, kind)


def build_from(source: Path, folder: Path, kind: str) -> Path:
    """Build what is in `source` into `folder`."""
    command = [sys.executable, "-m", "build", f"--{kind}", "--no-isolation", "-o", str(folder), "."]
    env = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}
    done = subprocess.run(command, cwd=source, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    (built,) = [*folder.glob("*.whl"), *folder.glob("*.tar.gz")]
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of this checkout."""
    return build(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Path:
    """What is in it."""
    zipfile.ZipFile(wheel).extractall(wheel.parent / "site")
    return wheel.parent / "site"


def test_building_again_gives_the_same_bytes(wheel: Path, tmp_path: Path) -> None:
    assert build(tmp_path / "again").read_bytes() == wheel.read_bytes()


def test_every_resource_is_in_the_wheel(installed: Path) -> None:
    wanted = {
        path.relative_to(ROOT)
        for path in (ROOT / "resources").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert wanted == {path for path in wanted if (installed / path).is_file()}


def test_the_commands_work_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    program = "import studio, sys; sys.exit(not studio.__file__.startswith(sys.argv[1]))"
    where = [sys.executable, "-c", program, str(installed)]
    assert subprocess.run(where, cwd=tmp_path, env=environment).returncode == 0
    command = [sys.executable, "-m", "studio", "models", "--json"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=True)
    names = {entry["name"] for entry in json.loads(done.stdout)}
    assert names >= {"ar-cnn", "lstm", "genre-cnn"}


def test_the_source_archive_gives_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    archive = build(tmp_path / "sdist", "sdist")
    with tarfile.open(archive) as tar:
        tar.extractall(tmp_path / "unpacked", filter="data")
    (source,) = (tmp_path / "unpacked").iterdir()
    again = build_from(source, tmp_path, "wheel")
    with zipfile.ZipFile(again) as ours, zipfile.ZipFile(wheel) as theirs:
        assert sorted(ours.namelist()) == sorted(theirs.namelist())
        for name in theirs.namelist():
            if not name.endswith("RECORD"):  # it lists hashes of what is compared here
                assert ours.read(name) == theirs.read(name), name


@pytest.mark.timeout(300)
def test_the_tour_is_taken_from_the_wheel_in_an_environment_of_its_own(
    wheel: Path, tmp_path: Path
) -> None:
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=False)
    bin_folder = environment / ("Scripts" if sys.platform == "win32" else "bin")
    (site,) = environment.rglob("site-packages")
    # what Studio needs is found where the tests found it; Studio itself comes from the wheel
    (site / "needed.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    pip = [sys.executable, "-m", "pip", "--python", str(bin_folder / "python"), "install"]
    options = ["--quiet", "--no-deps", "--no-index", "--no-warn-script-location", str(wheel)]
    subprocess.run([*pip, *options], check=True, cwd=tmp_path)
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    tour = [str(bin_folder / "studio"), "tour", "--out", str(tmp_path / "tour"), "--json"]
    done = subprocess.run(tour, cwd=tmp_path, env=clean, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    report = json.loads(done.stdout)
    assert report["edits"]["undone_in_one_step"]
    assert report["trained"]["epochs"] > 0
    assert len(list((tmp_path / "tour").glob("*.png"))) >= 3
