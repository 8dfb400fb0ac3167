"""What is not confirmed fades: doubted after a year, proposed to nobody after two."""

from datetime import date

import pytest

from matching import PartnershipModel
from matching.rules.built_in.freshness import freshness
from tests.matching.records import KAOLACK, association, authority, crowd

TODAY = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("confirmed", "doubt"),
    [
        (None, "none"),
        ("2026-05-31", "none"),
        ("2025-06-01", "none"),
        ("2025-05-31", None),
        ("2024-06-01", None),
        ("2024-05-31", False),
    ],
)
def test_a_year_makes_doubt_and_two_years_withdraw(confirmed: str | None, doubt: bool | str | None) -> None:
    record = {"confirmed": confirmed} if confirmed else {}
    check = freshness(record, TODAY)
    assert (check.met if check else "none") == doubt
    assert freshness(record, None) is None


def test_what_nobody_has_ever_confirmed_is_in_doubt() -> None:
    check = freshness({"confirmed": None}, TODAY)
    assert check is not None
    assert check.met is None


def test_the_score_of_a_doubted_profile_is_what_it_was_and_a_withdrawn_one_is_not_listed() -> None:
    model = PartnershipModel().fit(
        [
            authority("fresh", KAOLACK, "origin", confirmed="2026-05-01"),
            authority("doubted", KAOLACK, "origin", confirmed="2025-01-01"),
            authority("withdrawn", KAOLACK, "origin", confirmed="2023-01-01"),
        ]
    )
    [found] = model.suggest([association()], on=TODAY)
    scores = {item.candidate: item.score for item in found}
    assert set(scores) == {"fresh", "doubted"}
    undated = {item.candidate: item.score for item in model.suggest([association()])[0]}
    assert scores == {key: undated[key] for key in scores}
    assert "withdrawn" in undated


def test_an_old_subject_still_gets_its_lists() -> None:
    model = PartnershipModel().fit([authority("fresh", KAOLACK, "origin", confirmed="2026-05-01")])
    assert model.suggest([association(confirmed="2020-01-01")], on=TODAY)[0]


def test_among_many_the_withdrawn_take_nobodys_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matching.features.profiles.BRUTE_FORCE_LIMIT", 20)
    everybody = [
        record | {"confirmed": "2020-01-01" if number % 3 else "2026-01-01"}
        for number, record in enumerate(crowd(400))
    ]
    fresh = [record for record in everybody if record["confirmed"] == "2026-01-01"]
    subjects = everybody[:40]
    model = PartnershipModel().fit(everybody)
    for listed in model.suggest(subjects, k=10, on=TODAY):
        assert all(item.candidate in {record["key"] for record in fresh} for item in listed)
    [full] = model.suggest([association()], k=10, on=TODAY)
    assert len(full) == 10
