"""What nobody sends in good faith, sent to every route there is: refused before anything is made of it."""

import json
from typing import Any

import pytest

from schemas.document_limits import MAX_NESTING, MAX_VALUES
from schemas.inputs import JsonObject
from service.http.guarded_routes import GuardedRoute
from tests.service.client import Installation
from tests.service.examples import ASSOCIATION, register
from tests.service.route_table import Endpoint, endpoints

HOST = "http://127.0.0.1:8000"
JSON = {"Content-Type": "application/json"}
NUL = "%00"


def test_every_route_is_guarded(embedded: Installation) -> None:
    found = list(endpoints(embedded.app))
    assert len(found) > 100
    assert [each for each in found if not isinstance(each.route, GuardedRoute)] == []


def test_a_nul_in_a_path_or_query_is_refused_everywhere(installation: Installation) -> None:
    admin = installation.client("admin")
    for endpoint in endpoints(installation.app):
        if (address := endpoint.at(NUL)) != endpoint.path:
            _check_refused(endpoint, admin.request(endpoint.method, HOST + address))
        address = endpoint.at("x") + f"?limit=1&language={NUL}"
        _check_refused(endpoint, admin.request(endpoint.method, HOST + address))


def test_a_nul_in_a_header_is_refused_everywhere(embedded: Installation) -> None:
    admin = embedded.client("admin")
    for endpoint in endpoints(embedded.app):
        answer = admin.request(endpoint.method, HOST + endpoint.at("x"), headers={"If-Match": "a\x00"})
        assert _check_refused(endpoint, answer)["errors"][0]["pointer"] == "/header/if-match"


@pytest.mark.parametrize("depth", [MAX_NESTING + 1, 300, 500, 900, 4_900])
def test_a_body_that_is_nested_too_deeply_is_refused_everywhere(embedded: Installation, depth: int) -> None:
    body = b'{"offers": ' + b'{"human": ' * depth
    for endpoint, problem in _answers_to(embedded, body):
        assert "nested too deeply" in problem["errors"][0]["detail"], endpoint


def test_a_body_of_too_many_values_is_refused_everywhere(embedded: Installation) -> None:
    body = json.dumps({f"k{n}": 1 for n in range(MAX_VALUES + 1)}).encode()
    for endpoint, problem in _answers_to(embedded, body):
        assert "too many values" in problem["errors"][0]["detail"], endpoint


@pytest.mark.parametrize("text", ["a NUL \x00", "half a \ud800 character"])
def test_text_that_no_database_can_take_is_refused_in_every_body(embedded: Installation, text: str) -> None:
    for body, pointer in (({"a": [{"b/c": text}]}, "/a/0/b~1c"), ({text: 1}, "")):
        for endpoint, problem in _answers_to(embedded, json.dumps(body).encode()):
            assert problem["errors"][0]["pointer"] == pointer, endpoint
            assert "control character" in problem["errors"][0]["detail"], endpoint


def test_a_nul_in_the_name_of_a_file_is_refused(installation: Installation) -> None:
    form = b'--part\r\nContent-Disposition: form-data; name="file"; filename="a\x00.csv"\r\n\r\nname\r\n--part--\r\n'
    answer = installation.client("steward").post(
        "/imports", content=form, headers={"Content-Type": "multipart/form-data; boundary=part"}
    )
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == "/file"
    assert installation.client("steward").get("/jobs").json()["items"] == []


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "latin-1"])
def test_a_body_in_another_encoding_than_utf_8_is_refused(embedded: Installation, encoding: str) -> None:
    body = json.dumps(ASSOCIATION | {"name": "Casa de México en Padua"}, ensure_ascii=False).encode(encoding)
    answer = embedded.client("steward").post("/associations", content=body, headers=JSON)
    assert answer.status_code in (400, 422)


def test_errors_end_after_twenty_with_a_count(embedded: Installation) -> None:
    steward = embedded.client("steward")
    unknown = {f"k{n}": 1 for n in range(300)}
    answers = [
        steward.post("/associations", json=ASSOCIATION | unknown),
        steward.patch(f"/associations/{register(steward)['id']}", json=unknown),
        steward.put(
            "/rulesets/files/own",
            content="name: Own\nreason: Ours\n" + "\n".join(f"k{n}: 1" for n in range(300)),
        ),
    ]
    for answer in answers:
        problem = answer.json()
        assert answer.status_code == 422
        assert len(problem["errors"]) == 20
        assert problem["errors_total"] >= 300
        assert problem["detail"].startswith(f"{problem['errors_total']} values")


def test_all_errors_are_listed_where_there_are_few(embedded: Installation) -> None:
    problem = embedded.client("steward").post("/associations", json=ASSOCIATION | {"members": "x"}).json()
    assert len(problem["errors"]) == 1
    assert "errors_total" not in problem


def _answers_to(installation: Installation, body: bytes) -> list[tuple[Endpoint, JsonObject]]:
    """The problem with which each route that reads JSON answers to this body."""
    admin = installation.client("admin")
    found = []
    for endpoint in endpoints(installation.app):
        if endpoint.takes_json:
            answer = admin.request(endpoint.method, HOST + endpoint.at("x"), content=body, headers=JSON)
            found.append((endpoint, _check_refused(endpoint, answer)))
    assert len(found) > 20
    return found


def _check_refused(endpoint: Endpoint, answer: Any) -> JsonObject:
    assert answer.status_code == 422, (endpoint, answer.status_code, answer.text[:300])
    assert answer.headers["content-type"] == "application/problem+json"
    problem: JsonObject = answer.json()
    return problem


@pytest.mark.parametrize("field", sorted(ASSOCIATION | {"key": "", "website": "", "evidence": {}, "x": 1}))
def test_no_answer_repeats_all_that_was_sent(embedded: Installation, field: str) -> None:
    long = "x" * 30_000
    member = embedded.client("member")
    for said in (long, [long] * 30, {long: long}, {"fr": long}):
        for path in ("/associations", "/associations/possible-duplicates"):
            answer = member.post(path, json=ASSOCIATION | {field: said})
            assert answer.status_code == 422
            assert len(answer.content) < 25_000
