"""Digests sent by real workers, some of which are killed: who got a mail, who got two, and what the rows say."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path

from sqlmodel import Session, col, func, select

from bench.harness.mail_server import ReceivingServer
from bench.harness.processes import RunningCommand, StartCommand, environment, start_command
from service.clock import now
from service.db.base import new_id
from service.db.engine import open_engine
from service.db.session import unit_of_work
from service.db.tables import Digest, Profile, StoredSuggestion, Subscription
from service.digests.suppression import address_hash
from service.preparation import prepare
from service.rulesets import generation_repository as generations
from service.rulesets.service import active_ruleset

PARTS = [["region", 0.5, 1.0, ["IT-PD"]], ["sector", 0.3, 0.5, []], ["priority", 0.2, 0.5, []]]
MAIL_SECONDS = 0.03
"""How long the mail server takes for a mail: enough for a kill to fall into the sending of one."""
MOST_SECONDS = 240


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run. ``twice`` counts mails that arrived more than once, ``said`` the digests that say they may have."""

    subscribers: int
    kills: int
    lost: int
    twice: int
    twice_unsaid: int
    said: int
    seconds: float


@dataclass
class Workers:
    """Processes of ours that are started, killed and started again."""

    data_dir: Path
    settings: dict[str, str]
    launch: StartCommand = start_command
    running: list[RunningCommand] = field(default_factory=list)

    def start(self, *arguments: str) -> None:
        """Start one more command."""
        log = self.data_dir / f"{arguments[0]}.log"
        given = environment(self.data_dir) | self.settings
        self.running.append(self.launch(arguments, given, self.data_dir, log))

    def kill(self, which: int, *arguments: str) -> None:
        """Kill a process without warning, and start another in its place."""
        process = self.running.pop(which)
        process.kill()
        process.wait()
        self.start(*arguments)

    def stop(self) -> list[int]:
        """End all, in order; their exit codes."""
        for process in self.running:
            process.terminate()
        return [process.wait(timeout=30) for process in self.running]


def subscribe_many(database_url: str, subscribers: int) -> None:
    """Clubs that are due for a digest, each with one suggestion that no mail has named yet."""
    engine = open_engine(database_url)
    prepare(engine)
    with unit_of_work(engine) as session:
        town = _profile(session, "authority", 0)
        clubs = [_profile(session, "association", number) for number in range(1, subscribers + 1)]
        session.flush()
        version = active_ruleset(session).version or 0
        generations.begin(session, version)
        for club in clubs:
            number = club.number or 0
            session.add(
                StoredSuggestion(
                    subject_number=number, candidate_number=town.number or 0,
                    ruleset_version=version, rank=1, score=0.75, parts=PARTS, first_seen_at=now(),
                )
            )  # fmt: skip
            session.add(
                Subscription(
                    organisation_number=number, email=f"{club.key}@example.org", frequency="daily",
                    language="fr", timezone="Europe/Paris", next_due_at=now() - timedelta(minutes=1),
                    address_hash=address_hash(f"{club.key}@example.org"), state="active", confirmed_at=now(),
                    unsubscribe_token=f"token-{number}", created_at=now(), updated_at=now(),
                )
            )  # fmt: skip
    engine.dispose()


def _profile(session: Session, kind: str, number: int) -> Profile:
    place = {"country": "IT", "place": "Padova"}
    where = {"territory": place} if kind == "authority" else {"origin": [place], "residence": [place]}
    profile = Profile(
        id=new_id(), kind=kind, key=f"{kind}-{number}", name=f"{kind} {number}",
        document={"name": f"{kind} {number}", "description": "Des puits et des écoles.", **where},
        change_number=number, record_hash="", created_at=now(), updated_at=now(),
        confirmed_at=now(),
    )  # fmt: skip
    session.add(profile)
    return profile


def states(database_url: str) -> Counter[str]:
    """How many digests are in which state."""
    engine = open_engine(database_url)
    try:
        with Session(engine) as session:
            found = select(Digest.state, func.count()).group_by(col(Digest.state))
            return Counter(dict(session.execute(found).all()))
    finally:
        engine.dispose()


@contextmanager
def mail_server(seconds: float = MAIL_SECONDS) -> Iterator[ReceivingServer]:
    """A mail server that takes its time."""
    server = ReceivingServer(seconds=seconds)
    server.url = server.start()
    yield server
    server.stop()


def wait_for_mails(server: ReceivingServer, mails: int) -> None:
    """Wait until so many different mails have arrived."""
    end = time.monotonic() + MOST_SECONDS
    while len(set(server.message_ids())) < mails and time.monotonic() < end:
        time.sleep(0.2)


def run(
    database_url: str,
    workers: Workers,
    server: ReceivingServer,
    subscribers: int,
    start: Callable[[Workers], list[tuple[int, tuple[str, ...]]]],
    kills: int,
    pause: float,
) -> Outcome:
    """Have workers send to all subscribers, and kill one of them every ``pause`` seconds in which mails arrive.

    ``start`` starts them and says which of them may be killed, and how such a one is started.
    """
    begun = time.monotonic()
    victims = start(workers)
    killed = 0
    for turn in count():
        before = len(server.received)
        if killed == kills or before >= subscribers or time.monotonic() - begun > MOST_SECONDS:
            break
        time.sleep(pause)
        if len(server.received) > before:
            which, command = victims[turn % len(victims)]
            workers.kill(which, *command)
            killed += 1
    wait_for_mails(server, subscribers)
    _wait_for_notes(database_url, subscribers)
    seconds = time.monotonic() - begun
    workers.stop()
    return _outcome(database_url, server, subscribers, killed, seconds)


def _wait_for_notes(database_url: str, subscribers: int) -> None:
    end = time.monotonic() + MOST_SECONDS
    while states(database_url)["sent"] < subscribers and time.monotonic() < end:
        time.sleep(0.2)


def _outcome(
    database_url: str, server: ReceivingServer, subscribers: int, killed: int, seconds: float
) -> Outcome:
    arrived = Counter(server.message_ids())
    engine = open_engine(database_url)
    with Session(engine) as session:
        digests = {f"<{digest.id}@localhost>": digest for digest in session.exec(select(Digest))}
    engine.dispose()
    sent = {name for name, digest in digests.items() if digest.state == "sent"}
    twice = {name for name, times in arrived.items() if times > 1}
    said = {name for name, digest in digests.items() if digest.perhaps_twice}
    return Outcome(
        subscribers=subscribers,
        kills=killed,
        lost=subscribers - len(sent & set(arrived)),
        twice=sum(arrived.values()) - len(arrived),
        twice_unsaid=len(twice - said),
        said=len(said),
        seconds=round(seconds, 1),
    )


def separate_processes(workers: Workers) -> list[tuple[int, tuple[str, ...]]]:
    """A scheduler and two workers, of which each may be killed."""
    workers.start("beat")
    workers.start("worker", "--threads", "2")
    workers.start("worker", "--threads", "2")
    # The one that is killed makes place at 1, and its successor stands at 2.
    return [(1, ("worker", "--threads", "2"))]


def one_process(workers: Workers) -> list[tuple[int, tuple[str, ...]]]:
    """Everything in one process, which is killed."""
    workers.start("up", "--port", "0")
    return [(0, ("up", "--port", "0"))]


def settings_for(database_url: str, server: ReceivingServer, broker_url: str | None) -> dict[str, str]:
    """The environment of workers on this database, mail server and broker."""
    given = {"PASSERELLE_DATABASE_URL": database_url, "PASSERELLE_SMTP_URL": server.url}
    return given | ({"PASSERELLE_BROKER_URL": broker_url} if broker_url else {})
