"""Servers of a test's own, which it may restart and kill without disturbing others."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench.harness.brokers import broker_is_there
from bench.harness.processes import free_port
from tests.conftest import needs

ROOT = 0


@dataclass
class PrivateRedis:
    """A Redis that keeps nothing: whoever restarts it empties it. With a ``certificate``, whose key lies beside it in
    ``key.pem``, it speaks TLS only.
    """

    port: int
    folder: Path
    certificate: Path | None = None
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """The address for ``PASSERELLE_BROKER_URL``."""
        return f"rediss://localhost:{self.port}/0" if self.certificate else f"redis://127.0.0.1:{self.port}/0"

    @classmethod
    def start(cls, folder: Path, certificate: Path | None = None) -> "PrivateRedis":
        """Start one on a free port."""
        needs("redis-server", shutil.which("redis-server") is not None)
        server = cls(free_port(), folder, certificate)
        server._run()
        return server

    def restart(self) -> None:
        """Kill it without warning, and start it again, empty."""
        self.stop()
        time.sleep(1)
        self._run()

    def stop(self) -> None:
        """Kill it."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def _run(self) -> None:
        options = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(self.folder)]
        self.process = subprocess.Popen(["redis-server", *self._ports(), *options], stdout=subprocess.DEVNULL)
        end = time.monotonic() + 20
        while not broker_is_there(self.url):
            assert time.monotonic() < end, "Redis did not start"
            time.sleep(0.1)

    def _ports(self) -> list[str]:
        if self.certificate is None:
            return ["--port", str(self.port)]
        own = str(self.certificate)
        tls = ["--tls-cert-file", own, "--tls-key-file", str(self.certificate.with_name("key.pem"))]
        trust = ["--tls-ca-cert-file", own, "--tls-auth-clients", "no"]
        return ["--port", "0", "--tls-port", str(self.port), *tls, *trust]


@dataclass
class PrivatePostgresql:
    """A PostgreSQL cluster of its own."""

    programs: Path
    folder: Path
    port: int

    @property
    def url(self) -> str:
        """The address for ``PASSERELLE_DATABASE_URL``."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    @classmethod
    def start(cls) -> "PrivatePostgresql":
        """Make a cluster in a folder of its own, and start it on a free port."""
        programs = _postgresql_programs()
        needs("PostgreSQL's own programs", programs is not None)
        assert programs is not None
        folder = Path(tempfile.mkdtemp(prefix="passerelle-postgresql-"))
        if os.geteuid() == ROOT:
            shutil.chown(folder, "postgres")
        cluster = cls(programs, folder, free_port())
        cluster._call(
            "initdb", "--auth=trust", "--username=postgres", "--no-sync", "-D", str(folder / "data")
        )
        cluster._control("start")
        return cluster

    def restart(self) -> None:
        """Break off every connection, and start again."""
        self._control("restart", "-m", "immediate")

    def stop(self) -> None:
        """End it and remove it."""
        self._control("stop", "-m", "immediate")
        shutil.rmtree(self.folder)

    def _control(self, *action: str) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder} -c fsync=off"
        log = str(self.folder / "log")
        self._call("pg_ctl", "-D", str(self.folder / "data"), "-l", log, "-w", "-o", options, *action)

    def _call(self, program: str, *arguments: str) -> None:
        # PostgreSQL refuses to be run by root.
        before = ["runuser", "-u", "postgres", "--"] if os.geteuid() == ROOT else []
        done = subprocess.run(
            [*before, str(self.programs / program), *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            cwd=self.folder, check=False, timeout=120,
        )  # fmt: skip
        if done.returncode:
            pytest.fail(f"{program}: {done.stderr}")


def _postgresql_programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    there = shutil.which("initdb")
    return Path(there).parent if there else None
