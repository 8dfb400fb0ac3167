"""An installation as its callers see it: HTTP clients that carry a token of a role."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient

from schemas.language import Language
from service.accounts.service import create_token
from service.app import build_app, connect
from service.clock import now
from service.db.session import Wake, unit_of_work
from service.profiles.service import find_organisation
from service.security.authentication import AccountRole
from service.settings import Settings

IDLE_APPS: list[FastAPI] = []
"""Applications that no test is using: putting all routes together takes longer than most tests."""


@dataclass
class Installation:
    """A running application on a database of its own."""

    app: FastAPI
    _clients: list[TestClient] = field(default_factory=list)

    def token(self, role: str, organisation: str | None = None) -> str:
        """A fresh token of this role."""
        with unit_of_work(self.app.state.engine) as session:
            profile = find_organisation(session, organisation) if organisation else None
            return create_token(
                session, role=AccountRole(role), name=role, organisation=profile, by="test", now=now()
            )[1]

    def client(self, role: str | None = None, organisation: str | None = None) -> TestClient:
        """A client below ``/api/v1``, with a token of this role or without any."""
        headers = {"Accept-Language": "en"}
        if role is not None:
            headers["Authorization"] = f"Bearer {self.token(role, organisation)}"
        client = TestClient(
            self.app, base_url="http://127.0.0.1:8000/api/v1", headers=headers, raise_server_exceptions=False
        )
        self._clients.append(client)
        return client

    def close(self) -> None:
        """Close every client, and the database."""
        for client in self._clients:
            client.close()
        self.app.state.engine.dispose()


@contextmanager
def installation_with(settings: Settings, wake: Wake | None = None) -> Iterator[Installation]:
    """An application with these settings; ``wake`` is called with each topic that has got work."""
    app = IDLE_APPS.pop() if IDLE_APPS else build_app()
    connect(app, settings, wake)
    installation = Installation(app)
    try:
        yield installation
    finally:
        installation.close()
        IDLE_APPS.append(app)


def english_installation(database_url: str, data_dir: Path) -> AbstractContextManager[Installation]:
    """An application as most tests want it: a database, a folder, and English where nobody asks for another language."""
    given = Settings(
        database_url=database_url, data_dir=data_dir, default_language=Language.EN, _env_file=None
    )
    return installation_with(given)
