"""Whether memory stays level in long use: profiles that change one by one, rules that change, and previews.

``up`` is measured with the process that rematches for it, and ``serve`` and ``worker`` apart, on a broker. Exit code 1
where a process has grown by more than 15 % since it was warm.
"""

import argparse
import itertools
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from bench.harness.brokers import REDIS
from bench.harness.processes import (
    COMMAND,
    Running,
    environment,
    free_port,
    resident,
    run,
    wait_for,
    with_children,
)

MOST_GROWTH = 1.15
MOST_REGISTERED = 50
WARM_UP = {"changes": 60, "rounds": 20, "previews": 10}
PARTS = 10
"""In how many parts each kind of work is done; memory is looked at after each."""
PLACES = (("IT", "Padova"), ("IT", "Trapani"), ("FR", "Paris"), ("ES", "Barcelona"), ("DE", "Berlin"))
WEIGHTS = {"region": 0.4, "sector": 0.2, "priority": 0.1, "offers": 0.0}
WAITING = re.compile(r"^passerelle_outbox_rows (\S+)$", re.MULTILINE)


class Steward:
    """Somebody who does the same again and again, and waits each time until the lists are made."""

    def __init__(self, address: str, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self._root = httpx2.Client(base_url=address, headers=headers, timeout=120)
        self._api = httpx2.Client(base_url=f"{address}/api/v1", headers=headers, timeout=120)
        self._numbers = itertools.count()
        self._registered: deque[str] = deque()

    def close(self) -> None:
        """Leave."""
        self._root.close()
        self._api.close()

    def changes(self, count: int) -> None:
        """Register associations one by one, and once there are enough, change them in turn: the data stays as large."""
        for number in itertools.islice(self._numbers, count):
            country, place = PLACES[number % len(PLACES)]
            said = {
                "name": f"Cercle {number} de Kaolack",
                "origin": ["SN", "TN"],
                "residence": [{"country": country, "place": place}],
                "sectors": ["11120", "12220"],
                "description": f"Des puits et des écoles pour le village {number}",
            }
            if len(self._registered) < MOST_REGISTERED:
                answer = self._api.post("/associations", json=said)
            else:
                answer = self._api.patch(f"/associations/{self._registered.popleft()}", json=said)
            self._registered.append(answer.raise_for_status().json()["id"])
            self._settle()

    def rounds(self, count: int, *, previewed: bool = False) -> None:
        """Draft, change and activate rules so many times."""
        for number in itertools.islice(self._numbers, count):
            draft = self._api.post("/rulesets", json={"name": f"round {number}", "reason": "a round"})
            address = f"/rulesets/{draft.raise_for_status().json()['id']}"
            text = round(0.05 + 0.01 * (number % 10), 2)
            weights = WEIGHTS | {"text": text, "track_record": round(0.3 - text, 2)}
            every = {"If-Match": "*"}
            self._api.patch(address, json={"weights": weights}, headers=every).raise_for_status()
            if previewed:
                self._api.post(f"{address}/preview", json={}).raise_for_status()
            self._api.post(f"{address}/activate", json={"reason": "a round"}).raise_for_status()
            self._settle()

    def previews(self, count: int) -> None:
        """The same, looked at before."""
        self.rounds(count, previewed=True)

    def _settle(self) -> None:
        wait_for(self._is_settled, "the lists", 300)

    def _is_settled(self) -> bool:
        found = WAITING.search(self._root.get("/metrics").raise_for_status().text)
        return found is not None and float(found[1]) == 0


@contextmanager
def everything_in_one(folder: Path) -> Iterator[tuple[Steward, dict[str, int]]]:
    """``passerelle up``."""
    running = Running.start(folder)
    steward = Steward(running.address, running.token)
    try:
        steward.changes(1)
        yield steward, with_children(running.process.pid)
    finally:
        steward.close()
        running.interrupt()
        running.close()


@contextmanager
def apart(folder: Path) -> Iterator[tuple[Steward, dict[str, int]]]:
    """``serve``, ``worker`` and ``beat``, each in a process of its own."""
    given = environment(folder) | {"PASSERELLE_BROKER_URL": REDIS}
    token = run(folder, "token", "create", "--role", "admin", "--name", "bench").stdout.strip()
    port = free_port()
    commands = {"serve": ["serve", "--port", str(port)], "worker": ["worker"], "beat": ["beat"]}
    processes = {
        name: subprocess.Popen([COMMAND, *command], env=given, cwd=folder, stderr=subprocess.DEVNULL)
        for name, command in commands.items()
    }
    address = f"http://127.0.0.1:{port}"
    steward = Steward(address, token)
    try:
        wait_for(lambda: _answers(port), "an answer")
        yield steward, {name: processes[name].pid for name in ("serve", "worker")}
    finally:
        steward.close()
        for process in processes.values():
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)


def _answers(port: int) -> bool:
    with socket.socket() as trying:
        return trying.connect_ex(("127.0.0.1", port)) == 0


def measure(steward: Steward, processes: dict[str, int], work: dict[str, int]) -> bool:
    """Work, and print what each process holds; whether all stayed level."""
    for kind, count in WARM_UP.items():
        getattr(steward, kind)(min(count, work[kind]))
    warm = {name: resident(pid) for name, pid in processes.items()}
    most = dict(warm)
    print(f"{'':<18}" + "".join(f"{name:>28}" for name in processes))
    print(f"{'warm':<18}" + "".join(f"{held:>25.0f} MB" for held in warm.values()))
    for kind, count in work.items():
        for part in range(PARTS):
            getattr(steward, kind)(count * (part + 1) // PARTS - count * part // PARTS)
            for name, pid in processes.items():
                most[name] = max(most[name], resident(pid))
        print(
            f"{f'{count} {kind}':<18}" + "".join(f"{resident(pid):>25.0f} MB" for pid in processes.values())
        )
    growth = {name: most[name] / warm[name] for name in processes}
    print(f"{'most / warm':<18}" + "".join(f"{value:>28.2f}" for value in growth.values()))
    return max(growth.values()) <= MOST_GROWTH


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profiles", type=int, default=2_000)
    parser.add_argument("--changes", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--previews", type=int, default=50)
    wanted = parser.parse_args()
    work = {"changes": wanted.changes, "rounds": wanted.rounds, "previews": wanted.previews}
    level = []
    for arranged in (everything_in_one, apart):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            seed = [COMMAND, "seed", "--synthetic", str(wanted.profiles)]
            subprocess.run(seed, env=environment(folder), cwd=folder, check=True, capture_output=True)
            with arranged(folder) as (steward, processes):
                level.append(measure(steward, processes, work))
    sys.exit(0 if all(level) else os.EX_SOFTWARE)


if __name__ == "__main__":
    main()
