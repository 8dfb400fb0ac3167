"""Who may do what: every route with every sort of caller and every sort of identifier.

A route that stands in no policy below fails the first test.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient

from schemas.kinds import Kind
from service.clock import now
from service.db.base import new_id
from service.db.session import unit_of_work
from service.db.tables import ApiToken
from tests.service.client import Installation
from tests.service.examples import EXAMPLES, register
from tests.service.route_table import PARAMETER, Endpoint, endpoints

HOST = "http://127.0.0.1:8000"
KINDS = "{associations,authorities,programmes,projects}"

POLICIES = {
    "everybody": f"""
        GET /{KINDS}; GET /{KINDS}/{{profile_id}}; GET /{KINDS}/{{profile_id}}/suggestions;
        GET /{KINDS}/{{profile_id}}/proposed-sectors; GET /associations/{{profile_id}}/near-misses;
        GET /projects/{{profile_id}}/near-misses; GET /associations/{{profile_id}}/representativeness;
        GET /suggestions/{{suggestion_id}}; GET /partnerships; GET /rulesets; GET /rulesets/{{ruleset_id}};
        GET /rulesets/{{ruleset_id}}/file; GET /rulesets/{{ruleset_id}}/diff
    """,
    "anonymous": """
        POST /sectors/proposals; GET /rulesets/presets; GET /rulesets/presets/{preset_key}; GET /rulesets/active;
        GET /rulesets/conditions; GET /unsubscribe/{token}; POST /unsubscribe/{token}; GET /precedents;
        GET /precedents/{key}; GET /territories; GET /territories/{code}; GET /sectors; GET /sectors/{code};
        GET /priorities; GET /docs
    """,
    "member": f"""
        POST /{KINDS}; PATCH /{KINDS}/{{profile_id}}; DELETE /{KINDS}/{{profile_id}};
        POST /{KINDS}/{{profile_id}}/confirmation; POST /{KINDS}/possible-duplicates;
        POST /suggestions/{{suggestion_id}}/decision; POST /partnerships; PATCH /partnerships/{{partnership_id}};
        POST /partnerships/{{partnership_id}}/confirmation; POST /partnerships/{{partnership_id}}/denial;
        GET /me; GET /me/data; DELETE /me; GET /me/subscription; PUT /me/subscription; GET /digests;
        GET /digests/{{digest_id}};
        GET /me/tokens; POST /me/tokens; DELETE /me/tokens; DELETE /me/tokens/{{token_id}}
    """,
    "steward": f"""
        GET /{KINDS}/{{profile_id}}/merged; GET /duplicates; GET /duplicates/{{duplicate_id}};
        POST /duplicates/{{duplicate_id}}/dismissal; POST /duplicates/{{duplicate_id}}/merge;
        POST /rulesets/presets/{{preset_key}}; GET /rulesets/files/{{key}}; PUT /rulesets/files/{{key}};
        GET /rulesets/lessons; POST /rulesets/lessons; POST /rulesets; PATCH /rulesets/{{ruleset_id}};
        POST /rulesets/{{ruleset_id}}/activate; POST /rulesets/{{ruleset_id}}/withdraw; POST /rulesets/rollback;
        POST /rulesets/{{ruleset_id}}/preview; GET /audit; POST /imports; GET /exports/{{kind}}; GET /jobs;
        GET /jobs/{{job_id}}; POST /jobs/{{job_id}}/cancel; GET /jobs/{{job_id}}/remarks
    """,
    "admin": "GET /tokens; POST /tokens; DELETE /tokens/{token_id}",
}
"""Below ``/api/v1``. Everybody's routes answer more to those who are known; anonymous ones never ask who is calling."""
PAGES = """
    GET /healthz; GET /readyz; GET /metrics; GET /; GET /unsubscribe/{token}; POST /unsubscribe/{token}; GET /confirm/{token};
    POST /unsubscribe/{token}/undo; GET /subscribe/{token}; POST /subscribe/{token};
    POST /confirm/{token}; GET /partnerships/{token}; POST /partnerships/{token}
"""
"""At the root, for those without a token; who may see the figures, a test of its own says."""
WRITES = ("PATCH", "DELETE")
LEVELS = ("member", "steward", "admin")
REFUSED = ("nobody", "revoked", "expired")


def _lines(text: str, prefix: str) -> Iterator[str]:
    for line in text.split(";"):
        method, path = line.split()
        for kind in EXAMPLES if KINDS in path else [""]:
            yield f"{method} {prefix}{path.replace(KINDS, kind)}"


POLICY_OF = {
    line: name for name, text in POLICIES.items() for line in _lines(text, "/api/v1")
} | dict.fromkeys(_lines(PAGES, ""), "page")


def policy_of(endpoint: Endpoint) -> str | None:
    """The policy in which a route stands."""
    return POLICY_OF.get(f"{endpoint.method} {endpoint.path}")


def test_every_route_has_a_policy(embedded: Installation) -> None:
    found = {f"{endpoint.method} {endpoint.path}" for endpoint in endpoints(embedded.app)}
    assert found - set(POLICY_OF) == set(), "say above who may call it"
    assert set(POLICY_OF) - found == set()


@pytest.fixture
def callers(installation: Installation) -> dict[str, TestClient]:
    """Every sort of caller."""
    found = {"nobody": installation.client(), "unbound": installation.client("member")}
    found |= {name: installation.client(name) for name in ("steward", "admin")}
    for name in ("owner", "other"):
        found[name] = installation.client("member")
        register(found[name], key=name, name=f"Amici {name}", contact_email=None)
        register(found[name], "projects", key=f"{name} project")
        register(found[name], "programmes", key=f"{name} programme")
    for name in ("revoked", "expired"):
        made = found["admin"].post("/tokens", json={"role": "admin", "name": name}).json()
        with unit_of_work(installation.app.state.engine) as session:
            token = session.get_one(ApiToken, UUID(made["id"]))
            token.revoked_at = now() if name == "revoked" else None
            token.expires_at = now() - timedelta(seconds=1)
        found[name] = installation.client()
        found[name].headers["Authorization"] = f"Bearer {made['token']}"
    return found


@pytest.fixture
def identifiers(callers: dict[str, TestClient]) -> dict[str, dict[str, str]]:
    """By kind of profile, every sort of identifier, as the owner sees it."""
    steward = callers["steward"]
    found: dict[str, dict[str, str]] = {}
    for kind in Kind:
        plural = kind.plural
        own, foreign = (
            next(
                (
                    item["id"]
                    for item in steward.get(f"/{plural}?limit=100").json()["items"]
                    if item["key"] == key
                ),
                None,
            )
            for key in (
                (name if kind is Kind.ASSOCIATION else f"{name} {kind}") for name in ("owner", "other")
            )
        )
        found[plural] = {
            "foreign": foreign or register(steward, plural, key=f"foreign {kind}")["id"],
            "hidden": register(steward, plural, key=f"hidden {kind}", published=False)["id"],
            "absent": str(new_id()),
            "malformed": "7",
        } | ({"own": own} if own else {})
    return found


def test_roles_hold_on_every_route(installation: Installation, callers: dict[str, TestClient]) -> None:
    """By a malformed identifier and an empty body: what is refused for the caller is so before anything is looked at."""
    for endpoint in endpoints(installation.app):
        policy = policy_of(endpoint)
        assert policy is not None
        for name, caller in callers.items():
            if f"{endpoint.method} {endpoint.path}" == "DELETE /api/v1/me" and name not in REFUSED:
                continue
            body: Any = {} if endpoint.takes_json else None
            answer = caller.request(endpoint.method, HOST + endpoint.at("7"), json=body)
            said = (name, endpoint, answer.status_code, answer.text[:200])
            assert answer.status_code < 500, said
            assert _is_right(policy, name, answer.status_code), said


def _is_right(policy: str, caller: str, status: int) -> bool:
    if policy == "page":
        return True
    if policy == "anonymous":
        return status not in (401, 403)
    if caller in ("revoked", "expired") or (caller == "nobody" and policy != "everybody"):
        return status == 401
    if policy in LEVELS and LEVELS.index(_level(caller)) < LEVELS.index(policy):
        return status == 403
    # A member without an organisation has no subscription and no digests.
    return status != 401 and (status != 403 or policy == "member")


def _level(caller: str) -> str:
    return caller if caller in LEVELS else "member"


@pytest.mark.parametrize("identifier", ["own", "foreign", "hidden", "absent", "malformed"])
def test_identifiers_are_looked_at_by_role(
    installation: Installation,
    callers: dict[str, TestClient],
    identifiers: dict[str, dict[str, str]],
    identifier: str,
) -> None:
    for endpoint in endpoints(installation.app):
        kind = endpoint.path.split("/")[3] if endpoint.path.count("/") > 2 else ""
        if "profile_id" not in endpoint.path or identifier not in identifiers[kind]:
            continue
        for name, caller in callers.items():
            may_write = _may_write(name, identifier, kind)
            answer = _asked(caller, endpoint, identifiers[kind][identifier], may_write=may_write)
            wanted = _expected(policy_of(endpoint), endpoint, name, identifier, may_write=may_write)
            assert answer == wanted, (name, endpoint, identifier)


def _asked(caller: TestClient, endpoint: Endpoint, value: str, *, may_write: bool) -> int:
    # A precondition that never holds lets everything be tried and nothing be changed.
    headers = {"If-Match": '"never"'} if endpoint.method in WRITES and may_write else {}
    body: Any = {} if endpoint.takes_json else None
    assert PARAMETER.findall(endpoint.path) == [("profile_id", "")]
    return caller.request(endpoint.method, HOST + endpoint.at(value), json=body, headers=headers).status_code


def _may_write(caller: str, identifier: str, kind: str) -> bool:
    owned = {"own": "owner", "foreign": "other" if kind != "authorities" else None}
    return caller in ("steward", "admin") or caller == owned.get(identifier, "nobody")


def _expected(
    policy: str | None, endpoint: Endpoint, caller: str, identifier: str, *, may_write: bool
) -> int:
    if caller in ("revoked", "expired") or (caller == "nobody" and policy != "everybody"):
        return 401
    if policy == "steward" and caller not in ("steward", "admin"):
        return 403
    if identifier in ("absent", "malformed"):
        return 404 if identifier == "absent" else 422
    if identifier == "hidden" and caller not in ("steward", "admin"):
        return 404
    if policy == "member" and not may_write:
        return 403
    return 412 if endpoint.method in WRITES else 200
