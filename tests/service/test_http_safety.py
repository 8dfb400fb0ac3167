"""What every answer says to browsers and caches, for which hosts there is one, and what is answered to machines alone."""

import asyncio
import re
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from service.app import create_app
from service.http import slow_bodies
from service.http.hosts import host_of, is_known
from service.settings import Settings
from tests.service.client import Installation
from tests.service.examples import register
from tests.service.route_table import endpoints

HOST = "http://127.0.0.1:8000"


def test_every_answer_is_safe_for_browsers_and_caches(installation: Installation) -> None:
    for role in (None, "admin"):
        client = installation.client(role)
        for endpoint in endpoints(installation.app):
            answer = client.request(endpoint.method, HOST + endpoint.at("x"))
            headers = answer.headers
            assert headers["x-content-type-options"] == "nosniff", endpoint
            assert headers["referrer-policy"] in ("no-referrer", "same-origin"), endpoint
            assert "default-src 'none'" in headers["content-security-policy"], endpoint
            assert {"authorization", "accept-language"} <= set(headers["vary"].lower().split(", ")), endpoint
            assert "strict-transport-security" not in headers
            if role or endpoint.method != "GET" or answer.status_code >= 400:
                assert headers["cache-control"] == "private, no-store", endpoint


def test_what_is_public_may_be_kept_and_asked_for_again(installation: Installation) -> None:
    club = register(installation.client("steward"))
    path = f"/associations/{club['id']}"
    public = installation.client()
    answer = public.get(path)
    assert answer.headers["cache-control"] == "no-cache"
    assert public.get(path, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    assert public.get("/sectors").headers["cache-control"] == "public, max-age=3600"
    assert installation.client("member").get("/sectors").headers["cache-control"] == "private, no-store"


def test_browsers_are_told_to_stay_with_tls_where_there_is_tls(database_url: str, tmp_path: Any) -> None:
    settings = Settings(
        database_url=database_url,
        data_dir=tmp_path,
        public_url="https://passerelle.example.org",
        secret_key=SecretStr("x" * 32),
        _env_file=None,
    )
    client = TestClient(create_app(settings), base_url="https://passerelle.example.org")
    answer = client.get("/api/v1/priorities")
    assert answer.status_code == 200
    assert answer.headers["strict-transport-security"].startswith("max-age=31536000")
    for host in ("evil.example", "10.0.0.1", "passerelle.example.org.evil.example", ""):
        refused = client.get("/api/v1/priorities", headers={"Host": host})
        assert refused.status_code == 421, host
        assert refused.headers["content-type"] == "application/problem+json"
        assert client.get("/healthz", headers={"Host": host}).status_code == 200
    client.close()


@pytest.mark.parametrize(
    ("header", "public_url", "known"),
    [
        ("localhost:8000", "http://127.0.0.1:8000", True),
        ("192.168.1.5:8000", "http://127.0.0.1:8000", True),
        ("[::1]:8000", "http://127.0.0.1:8000", True),
        ("rebound.example:8000", "http://127.0.0.1:8000", False),
        ("web:8000", "http://127.0.0.1:8000", True),
        ("", "http://127.0.0.1:8000", False),
        ("web:8000", "https://passerelle.example.org", False),
        ("Passerelle.example.org", "https://passerelle.example.org", True),
        ("192.168.1.5", "https://passerelle.example.org", False),
        ("user@passerelle.example.org@evil.example", "https://passerelle.example.org", False),
        ("[", "http://127.0.0.1:8000", False),
    ],
)
def test_hosts(header: str, public_url: str, known: bool) -> None:
    settings = Settings(public_url=public_url, secret_key=SecretStr("x" * 32), _env_file=None)
    assert is_known(host_of(header), settings) is known


def test_a_redirect_leads_to_no_other_host(installation: Installation) -> None:
    steward = installation.client("steward")
    gone = register(steward)
    keep = register(steward, name="Les amis de Kaolak")
    [pair] = steward.get("/duplicates").json()["items"]
    steward.post(f"/duplicates/{pair['id']}/merge", json={"keep": keep["id"], "reason": "same"})
    moved = steward.get(f"/associations/{gone['id']}?language=fr", follow_redirects=False)
    assert moved.headers["location"] == f"/api/v1/associations/{keep['id']}?language=fr"
    assert steward.get("/associations/", follow_redirects=False).status_code == 404


def test_figures_are_for_this_machine_and_for_stewards(installation: Installation) -> None:
    def asked(host: str, **headers: str) -> int:
        client = TestClient(installation.app, base_url=HOST, client=(host, 5_000))
        return client.get("/metrics", headers=headers).status_code

    assert asked("127.0.0.1") == 200
    assert asked("::1") == 200
    assert asked("203.0.113.5") == 403
    assert asked("127.0.0.1", **{"X-Forwarded-For": "203.0.113.5"}) == 403
    for role, status in (("member", 403), ("steward", 200), ("admin", 200)):
        assert asked("203.0.113.5", Authorization=f"Bearer {installation.token(role)}") == status


def test_a_refused_method_is_told_which_there_are(embedded: Installation) -> None:
    admin = embedded.client("admin")
    by_path: dict[str, set[str]] = {}
    for endpoint in endpoints(embedded.app):
        by_path.setdefault(endpoint.at("x"), set()).add(endpoint.method)
    for path, methods in by_path.items():
        answer = admin.request("TRACE", HOST + path)
        assert answer.status_code == 405, path
        assert set(answer.headers["allow"].split(", ")) == methods, path
    answer = admin.put("/associations")
    assert answer.headers["allow"] == "GET, POST"
    answer = admin.get("/associations/possible-duplicates")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_the_page_of_the_api_loads_nothing_from_elsewhere(embedded: Installation) -> None:
    client = embedded.client()
    page = client.get("/docs")
    assert "script-src 'self';" in page.headers["content-security-policy"]
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(loaded) >= 4
    assert re.search(r"<script(?![^>]*src=)", page.text) is None
    for address in loaded:
        assert address.startswith("/static/")
        assert client.get(HOST + address).status_code == 200


@pytest.mark.parametrize("path", ["/api/v1/associations", "/api/v1/imports"])
def test_a_body_that_stops_coming_is_given_up(
    embedded: Installation, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(slow_bodies, "PIECE_SECONDS", 0.05)
    headers = {"Authorization": f"Bearer {embedded.token('steward')}", "Content-Type": "application/json"}
    answer = asyncio.run(_half_sent(embedded.app, path, headers))
    assert answer["status"] == 408
    assert (b"content-type", b"application/problem+json") in answer["headers"]


async def _half_sent(app: Any, path: str, headers: dict[str, str]) -> Any:
    pieces = [{"type": "http.request", "body": b'{"name": ', "more_body": True}]
    sent: list[Any] = []

    async def receive() -> Any:
        if pieces:
            return pieces.pop()
        await asyncio.sleep(60)
        return None

    async def send(event: Any) -> None:
        sent.append(event)

    raw = [
        (name.lower().encode(), value.encode()) for name, value in (headers | {"Host": "localhost"}).items()
    ]
    scope = {
        "type": "http", "http_version": "1.1", "method": "POST", "path": path, "raw_path": path.encode(),
        "query_string": b"", "headers": raw, "client": ("127.0.0.1", 1), "server": ("localhost", 80),
        "scheme": "http", "root_path": "", "asgi": {"version": "3.0"},
    }  # fmt: skip
    await app(scope, receive, send)
    return sent[0]
