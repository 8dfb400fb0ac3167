"""``python -m bench.rematch``: how long readers wait while all suggestions are computed again, against an idle service."""

import argparse
import json
import subprocess
import tempfile
import time
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path

import httpx2
import numpy as np

from bench.harness.processes import COMMAND, Running, environment

IDLE_READS = 600
PACE_SECONDS = 0.02


def read_times(
    client: httpx2.Client, paths: list[str], more: Callable[[int], bool]
) -> dict[str, list[float]]:
    """Seconds that reads took, by kind of path, one after the other while there is to be ``more``."""
    times: dict[str, list[float]] = {}
    for done, path in enumerate(cycle(paths)):
        if not more(done):
            return times
        begun = time.perf_counter()
        client.get(path).raise_for_status()
        times.setdefault(_kind(path), []).append(time.perf_counter() - begun)
        time.sleep(PACE_SECONDS)
    return times


def _kind(path: str) -> str:
    if "suggestions" in path:
        return "suggestions"
    return "list" if "?" in path else "profile"


def paths_of(client: httpx2.Client, count: int) -> list[str]:
    """Profiles, lists and suggestions to be read in turn."""
    found = client.get("/associations", params={"limit": 100}).json()["items"]
    paths = []
    for profile in islice(cycle(found), count):
        one = f"/associations/{profile['id']}"
        paths += [one, f"{one}/suggestions", "/associations?territory=SN&limit=20", "/programmes?limit=20"]
    return paths


def p99(times: dict[str, list[float]]) -> dict[str, float]:
    """The 99th percentile in milliseconds, by kind and for all reads together."""
    everything = [seconds for some in times.values() for seconds in some]
    return {
        kind: round(float(np.percentile(some, 99)) * 1000, 1)
        for kind, some in (*sorted(times.items()), ("all", everything))
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profiles", type=int, default=20_000)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        seed = [COMMAND, "seed", "--synthetic", str(wanted.profiles)]
        subprocess.run(seed, env=environment(folder), cwd=folder, check=True, capture_output=True)
        first = [COMMAND, "rematch", "--json"]
        subprocess.run(first, env=environment(folder), cwd=folder, check=True, capture_output=True)
        running = Running.start(folder)
        with httpx2.Client(base_url=f"{running.address}/api/v1", timeout=60) as client:
            paths = paths_of(client, 100)
            read_times(client, paths, lambda done: done < len(paths))
            idle = p99(read_times(client, paths, lambda done: done < IDLE_READS))
            rematch = subprocess.Popen(
                [COMMAND, "rematch", "--all", "--json"],
                env=environment(folder), cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            )  # fmt: skip
            busy = p99(read_times(client, paths, lambda _done: rematch.poll() is None))
            report = json.loads(rematch.communicate()[0])
        running.interrupt()
        running.close()
    print(f"rematch --all of {report['lists']} lists: {report['seconds']} s")
    print(f"{'p99 of reads, ms':<20}{'idle':>9}{'meanwhile':>12}{'ratio':>8}")
    for kind, before in idle.items():
        print(f"{kind:<20}{before:>9}{busy[kind]:>12}{busy[kind] / before:>8.2f}")


if __name__ == "__main__":
    main()
