"""The model: who comes first, why, and that it does what scikit-learn's models do."""

from datetime import date

import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from matching import PartnershipModel, Suggestion
from matching.rules.ruleset import RulesetSettings
from schemas.inputs import JsonObject
from tests.matching.records import CANDIDATES, PADUA, VENETO, association, authority, programme, project


def suggest(
    subject: JsonObject, k: int = 20, *, of: str | None = None, model: PartnershipModel | None = None
) -> list[str]:
    """The candidates of one subject, best first."""
    fitted = model or PartnershipModel().fit(CANDIDATES)
    return [item.candidate for item in fitted.suggest([subject], k, kinds=[of] if of else None)[0]]


def part(suggestion: Suggestion, name: str) -> tuple[float, tuple[str, ...]]:
    """Similarity and reasons of one part."""
    return next((item.similarity, item.because) for item in suggestion.parts if item.name == name)


def test_both_ends_of_the_route_are_suggested_and_no_other_regions_of_the_same_countries() -> None:
    assert suggest(association(), of="authority") == ["kaolack", "veneto"]


def test_who_names_a_country_as_a_whole_comes_after_who_names_a_region_of_it() -> None:
    states = [
        authority("senegal", {"country": "SN"}, "origin"),
        authority("italy", {"country": "IT"}, "residence"),
    ]
    model = PartnershipModel().fit([*CANDIDATES, *states])
    ranked = model.rank([association()], kinds=["authority"])[0]
    assert ranked[:2] == ["kaolack", "veneto"]
    assert set(ranked[2:]) == {"senegal", "italy"}
    everywhere = association(origin=["SN"], residence=[])
    assert set(model.rank([everywhere], kinds=["authority"])[0]) == {"senegal", "kaolack", "diourbel"}


def test_territory_agrees_only_on_its_own_side() -> None:
    reversed_route = association(origin=[PADUA], residence=["SN-KL"])
    assert suggest(reversed_route, of="authority") == []


def test_points_add_up_to_the_score_and_weights_to_one() -> None:
    for item in PartnershipModel().fit(CANDIDATES).suggest([association()])[0]:
        assert sum(part.points for part in item.parts) == pytest.approx(item.score, abs=1e-12)
        assert sum(part.weight for part in item.parts) == pytest.approx(1)
        assert all(0 <= part.similarity <= 1 for part in item.parts)


def test_the_reasons_name_the_deepest_territory_and_sector_that_are_shared() -> None:
    first = PartnershipModel().fit(CANDIDATES).suggest([association()], kinds=["authority"])[0][0]
    assert part(first, "region")[1] == ("SN-KL",)
    assert part(first, "sector")[1] == ("24040",)
    assert part(first, "priority") == (0.0, ())


@pytest.mark.parametrize("asking", ["people", "authority"])
def test_all_who_govern_a_place_agree_with_it_nearly_alike(asking: str) -> None:
    town = {"country": "IT", "code": "IT:1", "path": [*PADUA["path"], "IT:1"]}
    next_town = {"country": "IT", "code": "IT:2", "path": [*PADUA["path"], "IT:2"]}
    governing = {
        "town": town,
        "province": PADUA,
        "region": VENETO,
        "state": {"country": "IT"},
        "next": next_town,
    }
    club = association("club", residence=[town])
    if asking == "people":
        model = PartnershipModel().fit(
            [authority(key, place, "residence") for key, place in governing.items()]
        )
        found = {item.candidate: part(item, "region")[0] for item in model.suggest([club])[0]}
    else:
        model = PartnershipModel().fit([club])
        subjects = [authority(key, place, "residence") for key, place in governing.items()]
        lists = zip(subjects, model.suggest(subjects), strict=True)
        found = {subject["key"]: part(item, "region")[0] for subject, (item,) in lists}
    expected = {"town": 1.0, "province": 0.95, "region": 0.9, "state": 0.6, "next": 0.75}
    assert found == pytest.approx(expected)


def test_authorities_are_twinned_by_the_people_between_them() -> None:
    model = PartnershipModel().fit([*CANDIDATES, association()])
    twins = model.suggest([CANDIDATES[0]], kinds=["authority"])[0]
    # Tunisians live elsewhere in the country: that ties Mahdia less than Senegalese next door tie their other regions.
    assert [item.candidate for item in twins] == ["kaolack", "diourbel", "mahdia"]
    assert set(part(twins[0], "region")[1]) == {"IT-34", "SN-KL"}
    assert suggest(CANDIDATES[3], of="authority", model=model)[0] == "mahdia"


def test_authorities_of_one_ground_are_proposed_to_each_other() -> None:
    town = authority(
        "town", territory={"country": "IT", "path": ["IT", "IT-34", "IT-PD", "IT:1"], "code": "IT:1"}
    )
    province = authority(
        "province", territory={"country": "IT", "path": ["IT", "IT-34", "IT-PD"], "code": "IT-PD"}
    )
    country = authority("country", territory={"country": "IT", "path": ["IT"], "code": "IT"})
    model = PartnershipModel().fit([town, province, country])
    for subject, candidate in ((town, "province"), (province, "town")):
        found = model.suggest([subject], kinds=["authority"])[0]
        assert found[0].candidate == candidate
        assert part(found[0], "region") == (0.6, ("IT-PD", "IT:1"))


def test_the_more_people_tie_two_territories_the_nearer_they_are() -> None:
    people = [
        association(f"p{number}", origin=["SN-KL" if number else "SN-DB"], residence=["IT-34"])
        for number in range(9)
    ]
    model = PartnershipModel().fit([*CANDIDATES, *people])
    twins = model.suggest([CANDIDATES[0]], kinds=["authority"])[0]
    assert [item.candidate for item in twins[:2]] == ["kaolack", "diourbel"]
    assert part(twins[1], "region")[0] < 0.8 * part(twins[0], "region")[0]


def test_every_pairing_of_kinds_has_its_suggestions() -> None:
    model = PartnershipModel().fit([*CANDIDATES, association(), project()])
    assert "friends" in suggest(CANDIDATES[0], of="association", model=model)
    assert "fund" in suggest(CANDIDATES[0], of="programme", model=model)
    assert suggest(programme(), of="association", model=model) == ["friends"]
    assert suggest(programme(), of="project", model=model) == ["well"]
    assert "fund" in suggest(project(), of="programme", model=model)
    assert suggest(project(), of="authority", model=model)[0] == "kaolack"


def test_who_has_worked_with_somebody_alike_gains() -> None:
    twins = [authority("one", PADUA, "residence"), authority("two", PADUA, "residence")]
    under_default_settings = PartnershipModel().fit(twins)
    assert suggest(association(), model=under_default_settings) == ["one", "two"]
    learnt = PartnershipModel().fit(
        twins, track_record=[("earlier", "two", "2005")], context=[association("earlier")]
    )
    best = learnt.suggest([association()])[0][0]
    assert best.candidate == "two"
    assert part(best, "track_record")[1] == ("earlier",)


def test_a_profile_is_no_evidence_for_itself() -> None:
    model = PartnershipModel().fit([*CANDIDATES, association()], track_record=[("friends", "veneto")])
    veneto = next(item for item in model.suggest([association()])[0] if item.candidate == "veneto")
    assert part(veneto, "track_record") == (0.0, ())


def test_what_is_not_open_is_left_out() -> None:
    closed = programme("closed", closes="2020-12-31")
    model = PartnershipModel().fit([closed, programme("open", closes="2030-12-31")])
    listed = model.suggest([association()], on=date(2026, 1, 1))[0]
    assert [item.candidate for item in listed] == ["open"]


def test_changed_weights_change_the_order_and_leave_the_other_model_alone() -> None:
    model = PartnershipModel().fit(
        [authority("near", PADUA), authority("alike", {"country": "IT", "path": ["IT"]}, sectors=["24040"])]
    )
    assert suggest(association(), model=model) == ["alike", "near"]
    weights = {"region": 9, "sector": 1, "priority": 0, "text": 0, "track_record": 0}
    other = model.with_ruleset(RulesetSettings.balanced().model_dump() | {"weights": weights, "pairings": {}})
    assert suggest(association(), model=other) == ["near", "alike"]
    assert suggest(association(), model=model) == ["alike", "near"]


def test_an_update_is_the_same_as_a_new_fit() -> None:
    changed = authority("veneto", PADUA, "residence", sectors=["24040"])
    newcomer = authority("newcomer", PADUA, "both", description="Microcrédit")
    updated = PartnershipModel().fit(CANDIDATES).update([newcomer, changed]).remove(["sicily", "unknown"])
    kept = [item for item in CANDIDATES if item["key"] not in ("veneto", "sicily")]
    fresh = PartnershipModel().fit([newcomer, *kept, changed])
    for subject in (association(), project(), programme()):
        assert updated.suggest([subject]) == fresh.suggest([subject])


def test_it_follows_scikit_learns_conventions() -> None:
    model = PartnershipModel(ruleset=RulesetSettings.balanced())
    assert clone(model).get_params() == model.get_params()
    assert model.fit(CANDIDATES) is model
    with pytest.raises(NotFittedError):
        PartnershipModel().suggest([association()])
    with pytest.raises(ValueError, match="at least 1"):
        model.suggest([association()], k=0)


def test_many_subjects_of_several_kinds_keep_their_order() -> None:
    model = PartnershipModel().fit([*CANDIDATES, association()])
    subjects = [association(), CANDIDATES[0], programme(), association("other")] * 40
    lists = model.suggest(subjects, k=3)
    assert lists == [model.suggest([subject], k=3)[0] for subject in subjects]


@pytest.mark.parametrize(
    "record", [{}, {"key": "x"}, {"key": "", "kind": "association"}, {"key": "x", "kind": "club"}]
)
def test_a_record_without_key_or_kind_is_refused(record: JsonObject) -> None:
    with pytest.raises(ValueError, match=r"key|Kind"):
        PartnershipModel().fit([record])


def test_a_model_under_another_ruleset_goes_its_own_way() -> None:
    model = PartnershipModel().fit(CANDIDATES)
    other = model.with_ruleset(RulesetSettings.balanced())
    before = suggest(association(), model=other)
    model.update([authority("newcomer", PADUA, "residence")]).remove(["kaolack"])
    assert suggest(association(), model=other) == before
    assert other.score_pairs(association(), ["newcomer"]) == []


def test_a_ranking_is_the_list_without_what_speaks_for_it() -> None:
    model = PartnershipModel().fit(CANDIDATES)
    (found,) = model.suggest([association()])
    assert model.rank([association()]) == [[item.candidate for item in found]]
    assert any(part.because for item in found for part in item.parts)
