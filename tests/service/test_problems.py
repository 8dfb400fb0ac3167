"""Whatever is sent, the answer is a result or a problem document (RFC 9457) that says what to do."""

import json
from typing import Any

import pytest
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm.exc import StaleDataError

from service.accounts import repository as accounts
from tests.service.client import Installation
from tests.service.examples import ASSOCIATION, register


@pytest.mark.parametrize(
    "change",
    [
        {"name": "x" * 2_000_000},
        {"name": None},
        {"name": 7},
        {"name": "half a \ud800 character"},
        {"name": "a NUL \x00"},
        {"colour": "red"},
        {"members": "many"},
        {"members": 1.5},
        {"registered": 1},
        {"founded": "yesterday"},
        {"founded": True},
        {"origin": "SN"},
        {"origin": ["XX"]},
        {"origin": ["SN-XYZ"]},
        {"origin": [{"country": "Senegal"}]},
        {"origin": [{"country": "SN", "place": "Padova"}]},
        {"origin": [{"country": "SN", "place": ""}]},
        {"origin": [{"place": "Kaolack"}]},
        {"sectors": ["no such thing at all"]},
        {"priorities": ["money"]},
        {"contact_email": "nobody"},
        {"website": "javascript:alert(1)"},
        {"description": {"french": "x"}},
        {"description": {}},
        {"key": " "},
    ],
)
def test_what_cannot_be_accepted_is_refused_with_a_reason(
    embedded: Installation, change: dict[str, Any]
) -> None:
    steward = embedded.client("steward")
    answer = steward.post("/associations", content=_json(ASSOCIATION | change), headers=JSON)
    _check_problem(answer, {413, 422})
    assert steward.get("/associations").json()["items"] == []


JSON = {"Content-Type": "application/json"}


def _json(value: object) -> bytes:
    return json.dumps(value)[:3_000_000].encode()


def _check_problem(answer: Any, statuses: set[int]) -> None:
    assert answer.status_code in statuses, answer.text[:500]
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["type"]
    assert problem["title"]
    assert len(problem["detail"]) > 10
    if answer.status_code == 422:
        assert all(error["pointer"] is not None and error["detail"] for error in problem["errors"])


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe", b"[" * 100_000, b"NaN"])
def test_a_body_that_is_no_profile_is_refused(embedded: Installation, body: bytes) -> None:
    steward = embedded.client("steward")
    _check_problem(steward.post("/associations", content=body, headers=JSON), {400, 422})
    path = f"/associations/{register(steward)['id']}"
    _check_problem(steward.patch(path, content=body, headers=JSON), {400, 422})


@pytest.mark.parametrize("header", ["Bearer wrong", "Bearer", "Basic dXNlcjpwYXNz", "psl_x", "Bearer  \xe9"])
def test_a_wrong_token_is_refused_even_where_none_is_needed(embedded: Installation, header: str) -> None:
    public = embedded.client()
    answer = public.get("/associations", headers={b"Authorization": header.encode("latin-1")})
    _check_problem(answer, {401})
    assert answer.headers["www-authenticate"] == "Bearer"


def test_writing_needs_a_token(embedded: Installation) -> None:
    _check_problem(embedded.client().post("/associations", json=ASSOCIATION), {401})


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("PUT", "/associations", 405),
        ("GET", "/associations?limit=0", 422),
        ("GET", "/associations?limit=many", 422),
        ("GET", "/associations?cursor=%00", 422),
        ("GET", "/associations?cursor=zzzz", 422),
        ("GET", "/associations?territory=Dakar", 422),
        ("GET", "/associations?territory=SN-XYZ", 422),
        ("GET", "/associations?sector=nothing+like+it", 422),
        ("GET", "/associations?priority=money", 422),
        ("GET", "/associations?q=%00", 422),
        ("GET", "/territories?q=%00", 422),
        ("GET", "/sectors?q=%00", 422),
        ("GET", "/partnerships?of=%00", 422),
        ("GET", "/partnerships?of=nobody", 422),
        ("GET", "/associations?cursor=OTIyMzM3MjAzNjg1NDc3NTgwNw", 422),
        ("GET", "/rulesets?cursor=MTA5OTUxMTYyNzc3Ng", 422),
        ("GET", "/suggestions/ffffffff-ffff-8fff-bfff-ffffffffffff", 404),
        ("GET", "/territories/ZZ", 404),
        ("GET", "/sectors/99999", 404),
    ],
)
def test_addresses_and_parameters_that_mean_nothing(
    installation: Installation, method: str, path: str, status: int
) -> None:
    _check_problem(installation.client().request(method, path), {status})


@pytest.mark.parametrize(
    ("language", "word"), [("fr", "jeton"), ("es", "token"), ("it", "token"), ("en", "token")]
)
def test_problems_speak_the_callers_language(embedded: Installation, language: str, word: str) -> None:
    said = {
        spoken: embedded.client()
        .post("/associations", json={}, headers={"Accept-Language": spoken})
        .json()["detail"]
        for spoken in ("fr", "en", "es", "it")
    }
    assert word in said[language]
    assert len(set(said.values())) == 4


@pytest.mark.parametrize("error", [NoResultFound(), StaleDataError()], ids=["read", "changed"])
def test_what_another_has_deleted_meanwhile_is_a_conflict(
    embedded: Installation, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def vanished(*_: object) -> None:
        raise error

    monkeypatch.setattr(accounts, "with_organisation", vanished)
    answer = embedded.client("member").get("/me")
    assert (answer.status_code, answer.json()["status"]) == (409, 409)
    assert "in the meantime" in answer.json()["detail"]
