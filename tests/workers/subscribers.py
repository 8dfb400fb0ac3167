"""An installation that writes to its subscribers: what it takes to be due, to be sent, and to be looked at."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from bench.harness.mail_server import ReceivingServer
from schemas.inputs import JsonObject
from service.clock import now
from service.db.session import unit_of_work
from service.db.tables import Digest, Subscription
from service.digests.delivering import Delivery
from service.digests.preparing import prepare_all, prepare_due
from service.outbox.sweeping import begin_day
from service.settings import Settings
from service.suggestions.index import MatchIndex
from service.suggestions.rematching import Rematching
from tests.service.client import Installation
from tests.service.examples import register
from tests.service.readers import agree
from workers.mail.sending import MailSender

DAILY = {"frequency": "daily", "language": "fr", "timezone": "Europe/Paris", "email": "bureau@example.org"}
TOWNS = (
    "Vigonza",
    "Monselice",
    "Abano Terme",
    "Este",
    "Albignasego",
    "Cittadella",
    "Ponte San Nicolò",
    "Campodarsego",
    "Camposampiero",
    "Conselve",
)


@dataclass
class Post:
    """The background work of an installation, step by step."""

    installation: Installation
    server: ReceivingServer
    settings: Settings
    steward: TestClient
    _rematching: Rematching

    @classmethod
    def of(cls, installation: Installation, server: ReceivingServer) -> "Post":
        """The work of this installation, with this mail server."""
        settings = installation.app.state.settings.model_copy(update={"smtp_url": SecretStr(server.url)})
        engine = installation.app.state.engine
        return cls(
            installation,
            server,
            settings,
            installation.client("steward"),
            Rematching(engine, MatchIndex(engine)),
        )

    @property
    def engine(self) -> Engine:
        """The database."""
        engine: Engine = self.installation.app.state.engine
        return engine

    def club(self, **changes: Any) -> tuple[JsonObject, TestClient]:
        """An association that fits the example authority, and a client that speaks for it."""
        registered = register(self.steward, **changes)
        return registered, self.installation.client("member", registered["id"])

    def towns(self, count: int) -> Iterator[JsonObject]:
        """So many municipalities, one after another, that fit the example association."""
        for number, place in enumerate(TOWNS[:count]):
            territory = {"country": "IT", "place": place}
            yield self.town(key=f"t{number}", name=f"Comune {number}", territory=territory)

    def town(self, **changes: Any) -> JsonObject:
        """The example authority."""
        return register(self.steward, "authorities", **changes)

    def subscribed_club(self, **said: Any) -> tuple[JsonObject, TestClient]:
        """An association that has subscribed, and whose reader has agreed."""
        club, member = self.club()
        self.subscribe(club, member, **said)
        return club, member

    def subscribe(self, club: JsonObject, member: TestClient, **said: Any) -> None:
        """Subscribe an association, with the consent of the reader of its address."""
        answer = member.put("/me/subscription", json=DAILY | said)
        assert answer.is_success, answer.text
        agree(self.installation, club["id"])

    def match(self) -> None:
        """Make suggestions again where something has changed."""
        self._rematching()

    def delivery(self) -> Delivery:
        """What sends, as one process has it."""
        return Delivery(self.engine, MailSender(self.settings))

    def deliver(self) -> Counter[str]:
        """Send what is made and due."""
        return self.delivery().run_waiting()

    def begin_day(self) -> None:
        """What the scheduler does at midnight."""
        with unit_of_work(self.engine) as session:
            begin_day(session, now())

    def send_due(self) -> Counter[str]:
        """What a worker does when it is woken: match, make, send."""
        self.match()
        prepare_due(self.engine, now())
        return self.deliver()

    def make_now(self) -> None:
        """Match, and make without waiting for anybody's hour."""
        self.match()
        prepare_all(self.engine, now())

    def send_now(self) -> Counter[str]:
        """Match, make without waiting for anybody's hour, send."""
        self.make_now()
        return self.deliver()

    def digests(self) -> list[Digest]:
        """All digests without opt-in mails, oldest first."""
        query = select(Digest).where(Digest.purpose == "suggestions")
        with Session(self.engine) as session:
            return list(session.exec(query.order_by(col(Digest.created_at), col(Digest.id))))

    def subscription(self) -> Subscription:
        """The only subscription."""
        with Session(self.engine) as session:
            return session.exec(select(Subscription)).one()
