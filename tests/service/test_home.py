"""The front page: handsome enough to be looked at elsewhere; here, that it says what it must."""

import pytest
from fastapi.testclient import TestClient

from tests.service.client import Installation

HOST = "http://127.0.0.1:8000"


@pytest.mark.parametrize("language", ["fr", "en", "es", "it"])
def test_it_shows_one_real_suggestion_and_points_to_the_documentation(
    documented: Installation, language: str
) -> None:
    answer = TestClient(documented.app, base_url=HOST).get("/", headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text
    assert answer.text.count("<meter") >= 2
    assert 'href="/api/v1/docs"' in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    for path in ("/static/passerelle.css", "/static/bridge.svg", "/static/passerelle.svg", "/api/v1/docs"):
        assert TestClient(documented.app, base_url=HOST).get(path).status_code == 200


def test_it_stands_before_anybody_has_registered(embedded: Installation) -> None:
    assert TestClient(embedded.app, base_url=HOST).get("/").status_code == 200
