"""No suggestion without a territory in common: properties over drawn profiles, and compared with a second reading."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from matching import PartnershipModel
from matching.features.records import read_traits
from matching.rules.built_in.territory import TERRITORY_RULE
from matching.track_record.partnerships import PartnershipPair
from schemas.inputs import JsonObject
from schemas.kinds import PAIRINGS, Kind
from tests.sizes import examples


def place(*path: str, near: tuple[float, float] | None = None) -> JsonObject:
    """A place by its path, with coordinates if it is a town."""
    coordinates = {"latitude": near[0], "longitude": near[1]} if near else {}
    return {"country": path[0], "code": path[-1], "path": list(path), **coordinates}


KAOLACK = place("SN", "SN-KL", "SN:1", near=(14.15, -16.08))
FATICK = place("SN", "SN-FK", "SN:2", near=(14.34, -16.41))
PLACES = (
    place("SN"),
    place("SN", "SN-KL"),
    KAOLACK,
    FATICK,
    place("SN", "SN-TC"),
    {"country": "SN", "place": "Ndiaffate"},
    place("IT"),
    place("IT", "IT-34", "IT-PD"),
    place("IT", "IT-34", "IT-PD", "IT:1", near=(45.41, 11.88)),
    place("IT", "IT-82"),
    place("TN", "TN-53"),
    place("MX", "MX-ZAC"),
)
SOME_PLACES = st.lists(st.sampled_from(PLACES), max_size=2, unique_by=repr)
FIELDS: dict[Kind, dict[str, st.SearchStrategy[Any]]] = {
    Kind.AUTHORITY: {
        "territory": st.sampled_from([None, *PLACES]),
        "role": st.sampled_from(["origin", "residence", "both"]),
    },
    **{
        kind: {"origin": SOME_PLACES, "residence": SOME_PLACES} for kind in Kind if kind is not Kind.AUTHORITY
    },
}
RECORDS = st.sampled_from(list(Kind)).flatmap(
    lambda kind: st.fixed_dictionaries(
        {"kind": st.just(kind.value), "sectors": st.just(["11120"]), **FIELDS[kind]}
    )
)
COLLECTIONS = st.lists(RECORDS, min_size=4, max_size=14).map(
    lambda records: [
        {**record, "key": f"{number:02}", "name": "Amis"} for number, record in enumerate(records)
    ]
)


def partnerships(records: list[JsonObject]) -> st.SearchStrategy[list[PartnershipPair]]:
    """A few partnerships between records of different kinds, or of two authorities."""
    pairs = [
        (one["key"], other["key"])
        for one in records
        for other in records
        if one["key"] < other["key"] and Kind(other["kind"]) in PAIRINGS[Kind(one["kind"])]
    ]
    chosen = st.lists(st.sampled_from(pairs), max_size=2, unique=True) if pairs else st.just([])
    return chosen.map(lambda found: [(one, other, None) for one, other in found])


def countries(record: JsonObject) -> set[str]:
    """The countries that a record names."""
    places = read_traits(record).places
    return {path[0] for paths in places.values() for path in paths}


def share_a_country(one: JsonObject, other: JsonObject) -> bool:
    """Whether two records name one country on the same side."""
    mine, theirs = read_traits(one).places, read_traits(other).places
    return any(a[0] == b[0] for side in mine for a in mine[side] for b in theirs[side])


@settings(max_examples=examples(60))
@given(data=st.data())
def test_every_suggestion_has_a_territory_a_corridor_or_a_past_in_common(data: st.DataObject) -> None:
    records = data.draw(COLLECTIONS)
    pairs = data.draw(partnerships(records))
    together = {frozenset(pair[:2]) for pair in pairs}
    tied = {
        frozenset((origin[0], residence[0]))
        for record in records
        if record["kind"] in ("association", "project")
        for origin in read_traits(record).places["origin"]
        for residence in read_traits(record).places["residence"]
    } | {
        frozenset((a, b)) for one, other, *_ in pairs for a in _of(records, one) for b in _of(records, other)
    }
    model = PartnershipModel().fit(records, pairs)
    by_key = {record["key"]: record for record in records}
    for subject, ranked in zip(records, model.rank(records, len(records)), strict=True):
        for key in ranked:
            candidate = by_key[key]
            if frozenset((subject["key"], key)) in together:
                continue
            assert countries(subject)
            assert countries(candidate)
            if subject["kind"] == candidate["kind"] == "authority":
                ends = {frozenset((a, b)) for a in countries(subject) for b in countries(candidate)}
                assert countries(subject) & countries(candidate) or ends & tied
            else:
                assert share_a_country(subject, candidate)


def _of(records: list[JsonObject], key: str | None) -> set[str]:
    return next(countries(record) for record in records if record["key"] == key)


@settings(max_examples=examples(40))
@given(data=st.data())
def test_the_masks_and_the_conditions_of_pairs_agree_on_territory(data: st.DataObject) -> None:
    """Whoever is missing on a list that has room for everybody is kept out by a condition that says so."""
    records = data.draw(COLLECTIONS)
    model = PartnershipModel().fit(records, data.draw(partnerships(records)))
    for subject, ranked in zip(records, model.rank(records, len(records)), strict=True):
        for candidate in records:
            if candidate is subject or Kind(candidate["kind"]) not in PAIRINGS[Kind(subject["kind"])]:
                continue
            results = model.conditions(subject, candidate)
            there_and_back = [
                [check.met for check in found if check.rule == TERRITORY_RULE]
                for found in (results, model.conditions(candidate, subject))
            ]
            assert there_and_back[0] == there_and_back[1]
            kept_out = any(check.met is False for check in results)
            assert (candidate["key"] in ranked) is not kept_out


def test_neighbours_count_across_regions_and_distant_towns_do_not() -> None:
    def town(key: str, territory: JsonObject) -> JsonObject:
        return {"kind": "authority", "key": key, "name": key, "territory": territory, "role": "origin"}

    towns = [town("kaolack", KAOLACK), town("fatick", FATICK), town("tambacounda", PLACES[4])]
    assert PartnershipModel().fit(towns).rank(towns) == [["fatick"], ["kaolack"], []]
