"""A profile that nobody confirms is doubted, then withdrawn; one request brings it back."""

from tests.service.client import Installation
from tests.service.examples import make_older, register


def test_an_old_profile_is_doubted_then_withdrawn_and_comes_back_when_confirmed(
    installation: Installation,
) -> None:
    steward = installation.client("steward")
    town = register(steward, "authorities")
    club = register(steward)
    path = f"/associations/{club['id']}/suggestions?of=authorities&language=en"
    assert "confirmed" not in [check["rule"] for check in steward.get(path).json()["items"][0]["eligibility"]]
    make_older(installation, town["id"], 400)
    [doubted] = steward.get(path).json()["items"]
    [check] = [check for check in doubted["eligibility"] if check["rule"] == "confirmed"]
    assert check["met"] is None
    assert check["detail"].startswith("Last confirmed on ")
    make_older(installation, town["id"], 800)
    assert steward.get(path).json()["items"] == []
    confirmed = steward.post(f"/authorities/{town['id']}/confirmation")
    assert confirmed.status_code == 200
    assert confirmed.json()["confirmed_at"] > town["confirmed_at"]
    assert confirmed.headers["ETag"] == steward.get(f"/authorities/{town['id']}").headers["ETag"]
    assert len(steward.get(path).json()["items"]) == 1


def test_the_doubt_is_said_in_the_readers_language(embedded: Installation) -> None:
    steward = embedded.client("steward")
    town, club = register(steward, "authorities"), register(steward)
    make_older(embedded, town["id"], 400)
    starts = {"fr": "Dernière", "en": "Last", "es": "Última", "it": "Ultima"}
    for language, start in starts.items():
        path = f"/associations/{club['id']}/suggestions?of=authorities&language={language}"
        [item] = steward.get(path).json()["items"]
        detail = next(check["detail"] for check in item["eligibility"] if check["rule"] == "confirmed")
        assert detail.startswith(start)


def test_only_who_may_change_a_profile_confirms_it(installation: Installation) -> None:
    club = register(installation.client("member"))
    path = f"/associations/{club['id']}/confirmation"
    assert installation.client().post(path).status_code == 401
    assert installation.client("member").post(path).status_code == 403


def test_a_change_confirms_too(installation: Installation) -> None:
    steward = installation.client("steward")
    club = register(steward)
    make_older(installation, club["id"], 900)
    changed = steward.patch(f"/associations/{club['id']}", json={"members": 12}).json()
    assert changed["confirmed_at"] == changed["updated_at"] > club["confirmed_at"]
