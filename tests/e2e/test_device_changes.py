"""A hundred changes of what is plugged in, while the real window listens with its list open."""

from typing import Any

from tests.sound_server import SoundServer
from tests.window_session import Session

N_CHANGES = 100


def plug(server: SoundServer, name: str) -> str:
    return server.load("module-remap-source", "master=room.monitor", f"source_name={name}")


def after_changes(server: SoundServer, session: Session, n_changes: int) -> dict[str, Any]:
    """Plug something in and pull it out again and again; the facts once all is seen."""
    for number in range(n_changes // 2 - 1):
        server.unload(plug(server, f"guest{number}"))
    last = plug(server, "last")
    while "last" not in str(session.facts()["inputs"]):
        pass
    server.unload(last)
    while "last" in str((seen := session.facts())["inputs"]):
        pass
    later = [session.facts() for _ in range(50)]  # who looks around has a pipe more
    least = {name: min(fact[name] for fact in later) for name in ("threads", "files")}
    return {**seen, **least}


def test_a_hundred_device_changes_cost_no_sample_no_thread_and_no_file(
    server: SoundServer, session: Session
) -> None:
    session.next("heard")
    session.do("open the list of inputs")
    first = after_changes(server, session, 10)
    last = after_changes(server, session, N_CHANGES)
    assert last["inputs"] == first["inputs"]
    assert last["lost"] == 0
    assert last["threads"] <= first["threads"]
    assert last["files"] <= first["files"]
    session.do("wait for sound")
    session.next("heard")
    assert not [said for said in session.said if said.get("level") in ("warning", "error")]
