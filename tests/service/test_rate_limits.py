"""How much one caller may ask for, and how often it may guess."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from fastapi.testclient import TestClient
from sqlmodel import select

from schemas.language import Language
from service.clock import now
from service.db.session import unit_of_work
from service.db.tables import ApiToken
from service.security.rate_limits import RateLimits
from service.settings import Settings
from tests.service.client import Installation
from tests.service.route_table import endpoints

HOME, ELSEWHERE, HERE = "203.0.113.7", "198.51.100.9", "127.0.0.1"
LIMITS = {
    "rate_limit_token": "100/minute",
    "rate_limit_address": "5/minute",
    "rate_limit_failures": "3/minute",
}
WRONG = "passerelle_wrong"
From = Callable[..., TestClient]


def limits(**said: str) -> RateLimits:
    """Limits as settings give them."""
    return RateLimits(Settings.model_validate(said))


@pytest.fixture
def limited(embedded: Installation) -> Installation:
    """An application with small limits."""
    embedded.app.state.rate_limits = limits(**LIMITS)
    return embedded


@pytest.fixture
def caller_at(limited: Installation) -> From:
    """Clients that call from an address, with a token or without."""

    def client(address: str, token: str | None = None, **headers: str) -> TestClient:
        said = headers | ({"Authorization": f"Bearer {token}"} if token else {})
        return TestClient(
            limited.app, base_url="http://127.0.0.1:8000/api/v1", headers=said, client=(address, 50_000)
        )

    return client


def statuses(client: TestClient, path: str, times: int) -> list[int]:
    """What the same request is answered, again and again."""
    return [client.get(path).status_code for _ in range(times)]


@pytest.mark.parametrize("path", ["/associations", "/territories", "http://127.0.0.1:8000/"])
def test_an_address_has_a_limit(caller_at: From, path: str) -> None:
    home = caller_at(HOME)
    assert statuses(home, path, 6) == [200] * 5 + [429]
    assert caller_at(ELSEWHERE).get(path).status_code == 200
    refused = home.get(path)
    assert refused.headers["content-type"] == "application/problem+json"
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    with time_machine.travel(now() + timedelta(seconds=int(refused.headers["retry-after"]))):
        assert home.get(path).status_code == 200


@pytest.mark.parametrize("language", list(Language))
def test_it_is_said_in_every_language(caller_at: From, language: Language) -> None:
    home = caller_at(HOME)
    statuses(home, "/sectors", 5)
    said = home.get(f"/sectors?language={language}").json()
    assert (said["status"], said["title"]) == (429, "Too Many Requests")
    begins = {"en": "You have sent", "fr": "Vous avez envoyé", "es": "Ha enviado", "it": "Avete inviato"}
    assert said["detail"].startswith(begins[language])


def test_one_network_of_ipv6_is_one_caller(caller_at: From) -> None:
    found = [caller_at(f"2001:db8::{part:x}").get("/sectors").status_code for part in range(6)]
    assert found == [200] * 5 + [429]
    assert caller_at("2001:db8:0:1::1").get("/sectors").status_code == 200
    assert statuses(caller_at("::ffff:203.0.113.7"), "/sectors", 5) == [200] * 5
    assert caller_at(HOME).get("/sectors").status_code == 429


def test_this_machine_has_none_and_its_proxy_has_one(caller_at: From) -> None:
    assert statuses(caller_at(HERE), "/sectors", 20) == [200] * 20
    proxied = caller_at(HERE, **{"X-Forwarded-For": HOME})
    assert statuses(proxied, "/sectors", 6) == [200] * 5 + [429]


def test_a_token_has_a_limit_of_its_own_wherever_it_is_used(limited: Installation, caller_at: From) -> None:
    first, second = limited.token("member"), limited.token("member")
    found = [
        caller_at(HOME if number % 2 else ELSEWHERE, first).get("/me").status_code for number in range(101)
    ]
    assert found == [200] * 100 + [429]
    assert caller_at(HOME, second).get("/me").status_code == 200
    assert caller_at(HOME).get("/associations").status_code == 200


def test_a_token_does_not_help_where_nobody_looks_at_it(limited: Installation, caller_at: From) -> None:
    assert statuses(caller_at(HOME, WRONG), "/sectors", 6) == [200] * 5 + [429]
    assert statuses(caller_at(ELSEWHERE, limited.token("admin")), "/sectors", 6) == [200] * 5 + [429]


def test_wrong_tokens_are_limited_more_strictly(limited: Installation, caller_at: From) -> None:
    assert statuses(caller_at(HOME, WRONG), "/associations", 5) == [401] * 3 + [429] * 2
    assert statuses(caller_at(HERE, WRONG), "/associations", 5) == [401] * 3 + [429] * 2
    assert caller_at(HOME, limited.token("member")).get("/associations").status_code == 200
    assert caller_at(ELSEWHERE, WRONG).get("/associations").status_code == 401


def test_a_wrong_token_is_charged_to_its_address(limited: Installation, caller_at: From) -> None:
    limited.app.state.rate_limits = limits(**LIMITS | {"rate_limit_failures": "off"})
    assert statuses(caller_at(HOME, WRONG), "/associations", 6) == [401] * 5 + [429]


def test_whether_it_lives_is_told_without_end(caller_at: From) -> None:
    for path in ("/healthz", "/readyz"):
        assert statuses(caller_at(HOME), f"http://127.0.0.1:8000{path}", 20) == [200] * 20
    statuses(caller_at(HOME), "/sectors", 6)
    assert caller_at(HOME).get("http://127.0.0.1:8000/healthz").status_code == 200


def test_a_token_that_was_valid_once_is_no_guess(limited: Installation, caller_at: From) -> None:
    revoked = limited.token("member")
    with unit_of_work(limited.app.state.engine) as session:
        for token in session.exec(select(ApiToken)):
            token.revoked_at = now()
    assert statuses(caller_at(HOME, revoked), "/associations", 101) == [401] * 100 + [429]


@pytest.mark.parametrize(
    "path",
    [
        "/unsubscribe/x",
        *(f"http://127.0.0.1:8000/{page}/x" for page in ("unsubscribe", "confirm", "subscribe")),
    ],
)
def test_wrong_links_are_guesses_too(caller_at: From, path: str) -> None:
    assert statuses(caller_at(HERE), path, 5) == [404] * 3 + [429] * 2


def test_what_is_heavy_costs_more_even_here(limited: Installation, caller_at: From) -> None:
    steward = caller_at(HERE, limited.token("steward"))
    draft = steward.post("/rulesets", json={"name": "A draft", "reason": "to see"}).json()
    found = [steward.post(f"/rulesets/{draft['id']}/preview", json={}).status_code for _ in range(3)]
    assert found == [200, 200, 429]
    assert steward.get("/rulesets").status_code == 200


def test_every_route_says_so(limited: Installation) -> None:
    document = limited.client().get("/openapi.json").json()
    for endpoint in endpoints(limited.app):
        described = document["paths"].get(endpoint.path, {}).get(endpoint.method.lower())
        if described is not None and described.get("x-rate-limit-cost") != 0:
            assert "429" in described["responses"], endpoint
            assert "Retry-After" in described["responses"]["429"]["headers"], endpoint


@pytest.mark.parametrize("value", ["fast", "0/minute", "-1/minute", "10/fortnight", ""])
def test_a_limit_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="1200/minute"):
        Settings.model_validate({"rate_limit_address": value})


def test_limits_can_be_turned_off(limited: Installation, caller_at: From) -> None:
    limited.app.state.rate_limits = limits(**dict.fromkeys(LIMITS, "off"))
    client = caller_at(HOME, WRONG)
    assert statuses(client, "/sectors", 10) == [200] * 10
    assert statuses(client, "/associations", 10) == [401] * 10
