import sys
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

import resources
from models.data.audio_dataset import load_audio_dataset
from models.data.audio_features import hear
from models.data.inspect import inspect
from models.data.leakage import choose_clips
from models.errors import ModelError
from models.features import FeatureSettings
from models.spread import AHEAD, SHARE, map_all, spread_over
from studio.cli import main
from studio.commands.classify import classify_all
from tests.dask_cluster import cluster
from tests.models.cluster_work import KILLED_AT, noted_square, refuse, square
from tests.models.genre_sounds import write_genres, write_model

N_WORKERS = 2


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with cluster(tmp_path_factory.mktemp("cluster"), N_WORKERS) as address:
        yield address


@pytest.mark.parametrize("n", [0, 1, 2, 4, 9, 41])
def test_results_come_in_order_wherever_the_work_is_done(scheduler: str, n: int) -> None:
    wanted = [number * number for number in range(n)]
    assert list(map_all(square, range(n))) == wanted
    with spread_over(scheduler):
        assert list(map_all(square, range(n))) == wanted
    with spread_over(jobs=2):
        assert list(map_all(square, range(min(n, 2)))) == wanted[:2]


def test_what_the_work_raises_is_raised(scheduler: str) -> None:
    with spread_over(scheduler), pytest.raises(ValueError, match="is refused"):
        list(map_all(refuse, range(3)))


def test_a_data_set_looks_and_sounds_the_same_from_a_cluster(
    scheduler: str, tmp_path: Path
) -> None:
    folder = write_genres(tmp_path / "music", n_files=3, seconds=1.0)
    (folder / "beeps" / "broken.wav").write_bytes(b"RIFF")
    model = write_model(tmp_path / "model")
    dataset = load_audio_dataset(folder)
    files = [clip.path for clip in dataset.clips]
    logs: dict[bool, list[str]] = {True: [], False: []}

    def all_of_it(log: list[str]) -> tuple[object, ...]:
        heard = hear(dataset.clips, FeatureSettings(), log.append)
        chosen = choose_clips(dataset, None, 0, log.append)
        return (
            inspect(folder),
            [(h.clip, h.frames.tobytes()) for h in heard],
            {name: prints.tobytes() for name, prints in chosen.prints.items()},
            list(classify_all(model, files)),
        )

    here = all_of_it(logs[False])
    with spread_over(scheduler):
        there = all_of_it(logs[True])
    assert there == here
    assert logs[True] == logs[False]
    assert any("broken.wav" in line for line in logs[True])


def test_scores_look_the_same_from_a_cluster(scheduler: str) -> None:
    folder = resources.path("demo", "training_scores")
    here = inspect(folder)
    with spread_over(scheduler):
        assert inspect(folder) == here


def test_a_worker_that_is_killed_costs_only_its_shares_again(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    with cluster(tmp_path, N_WORKERS) as address, spread_over(address):
        found = list(map_all(partial(noted_square, notes), range(400)))
    assert found == [number * number for number in range(400)]
    done = [path.name.split() for path in notes.iterdir() if path.name != "killed"]
    times = Counter(int(number) for number, _, _ in done)
    again = {number for number, n in times.items() if n > 1}
    assert len({worker for _, worker, _ in done}) == N_WORKERS
    assert len({worker for number, worker, _ in done if int(number) == KILLED_AT}) == N_WORKERS
    assert KILLED_AT in again
    assert len(again) <= AHEAD * N_WORKERS * SHARE  # of 400: what was under way
    assert max(times.values()) == 2


def test_a_command_says_the_same_from_a_cluster(
    scheduler: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_genres(tmp_path / "music", n_files=1, seconds=1.0)
    for words in (["inspect", str(folder)], ["inspect", str(folder), "--scheduler", scheduler]):
        assert main([*words, "--json"]) == 0
    here, there = capsys.readouterr().out.splitlines()
    assert there == here


def test_who_is_not_there_is_told_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.spread.ANSWER_S", 0.5)
    for address in ("tcp://127.0.0.1:9", "poem"):
        with pytest.raises(ModelError, match="No Dask scheduler answers"), spread_over(address):
            pass
    with (
        cluster(tmp_path, 0) as address,
        pytest.raises(ModelError, match="has no workers"),
        spread_over(address),
    ):
        pass


def test_without_dask_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ModelError, match=r"music-studio\[cluster\]"), spread_over("tcp://x:1"):
        pass
