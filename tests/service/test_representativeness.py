"""How well an association stands for its members: one by one, each with its source and date."""

from typing import Any

from tests.service.client import Installation
from tests.service.examples import ASSOCIATION, AUTHORITY


def test_each_indicator_is_shown_on_its_own_with_its_source_and_date(installation: Installation) -> None:
    member = installation.client("steward")
    sent = {
        **ASSOCIATION,
        "founded": "2009",
        "registered": True,
        "published_accounts": False,
        "evidence": {
            "registered": {"source": "Registre des associations", "date": "2026-03-01"},
            "elected_board": {"source": "Visite"},
        },
    }
    made = member.post("/associations", json=sent).json()
    assert made["evidence"] == sent["evidence"]
    path = f"/associations/{made['id']}/representativeness"
    shown = {
        item.pop("indicator"): item
        for item in installation.client().get(f"{path}?language=fr").json()["items"]
    }
    assert list(shown) == [
        "registered", "registered_since", "founded", "members", "elected_board", "published_accounts", "federated",
    ]  # fmt: skip
    assert shown["registered"] == {
        "value": True,
        "detail": "L’association est déclarée.",
        "source": "Registre des associations",
        "date": "2026-03-01",
        "own_statement": False,
    }
    own = {
        "source": "Déclaration de l’association elle-même",
        "date": made["confirmed_at"][:10],
        "own_statement": True,
    }
    assert shown["members"] == {"value": 120, "detail": "Membres\N{NO-BREAK SPACE}: 120.", **own}
    assert shown["published_accounts"]["detail"] == "L’association ne publie pas ses comptes annuels."
    assert shown["federated"] == {
        "value": None,
        "detail": "Le profil ne le précise pas.",
        "source": None,
        "date": None,
        "own_statement": False,
    }


def test_evidence_is_of_something_and_only_associations_have_it(embedded: Installation) -> None:
    steward = embedded.client("steward")
    several: list[dict[str, Any]] = [
        {"charm": {"source": "x"}},
        {"members": {}},
        {"members": {"source": "x", "date": "soon"}},
    ]
    for evidence in several:
        assert steward.post("/associations", json={**ASSOCIATION, "evidence": evidence}).status_code == 422
    refused = steward.post(
        "/associations", json={**ASSOCIATION, "registered": False, "registered_since": "2020"}
    )
    assert refused.status_code == 422
    assert "not legally registered" in refused.text
    authority = steward.post("/authorities", json=AUTHORITY).json()
    assert steward.get(f"/associations/{authority['id']}/representativeness").status_code == 404
