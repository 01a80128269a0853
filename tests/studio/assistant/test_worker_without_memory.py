"""A worker that gets no more memory, by the system's own limit: told, and well again after."""

import sys
from pathlib import Path

import numpy as np
import pytest

from studio.assistant.worker_client import WorkerClient
from tests.models.tiny_score_model import write_score_model
from tests.studio.assistant.worker_replies import ask, suggestion, until


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits another process")
def test_a_worker_out_of_memory_is_told_and_well_again(tmp_path: Path) -> None:
    import resource

    small = write_score_model(tmp_path / "small")
    client = WorkerClient()
    client.start()
    try:
        assert ask(client, suggestion(small, max_add=1, max_remove=0))[-1]["event"] == "done"
        pid = client.pid
        assert pid is not None
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[0])
        limits = resource.prlimit(pid, resource.RLIMIT_AS)
        limit = (pages * resource.getpagesize(), limits[1])
        resource.prlimit(pid, resource.RLIMIT_AS, limit)  # not a byte more than it has
        large = {"do": "classify", "folder": str(tmp_path), "sample_rate": 8000}
        last = ask(client, large, np.zeros(100_000_000, dtype=np.float32))[-1]
        assert last["event"] == "error"
        assert "memory" in last["message"] or "ask again" in last["message"]
        until(lambda: client.state == "ready")
        if client.pid == pid:
            resource.prlimit(pid, resource.RLIMIT_AS, limits)
        assert ask(client, suggestion(small, max_add=1, max_remove=0))[-1]["event"] == "done"
    finally:
        client.close()
