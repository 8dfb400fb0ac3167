"""Records as hypothesis draws them: every field of every kind, with texts that files are easily broken by."""

from typing import Any

from hypothesis import strategies as st

from schemas.inputs import JsonObject, storable
from schemas.kinds import Kind
from schemas.records import FIELDS
from service.interchange.column_types import (
    FLAG,
    ITEMS,
    LOCALISED,
    NUMBER,
    PLACES,
    WHOLE_NUMBER,
    column_type_of,
)
from service.interchange.column_types import MONEY as AMOUNT

AWKWARD = ["=1+1", "'=x", "''", "@a", "-", "+3", "|", "\\", "a|b\\", '"', '""', ";", ",", "\n", "\r\n", "a\rb", "\t=1", "＝1", "ü", "名", "x.y", "'", " '+"]  # fmt: skip
texts = st.one_of(
    st.text(max_size=12).filter(storable),
    st.lists(st.sampled_from([*AWKWARD, "a", " "]), max_size=5).map("".join),
)
short_texts = texts.filter(lambda text: bool(text.strip())).map(lambda text: text[:40])
localised = st.one_of(texts, st.dictionaries(st.sampled_from(["fr", "it", "wo"]), texts, min_size=1))
names = st.one_of(short_texts, st.dictionaries(st.sampled_from(["fr", "it", "wo"]), short_texts, min_size=1))
places = st.one_of(
    st.sampled_from(["SN", "SN-KL", "SN-ZZ", "IT:3171728", "IT:1"]),
    st.sampled_from(["Kaolack", "Springfield", "SN-ZZ", ": x"]).map(
        lambda name: {"country": "SN", "place": name}
    ),
    short_texts.map(lambda name: {"country": "SN", "place": name}),
)
money = st.fixed_dictionaries(
    {"amount": st.decimals(0, 10**9, places=2).map(str), "currency": st.sampled_from(["EUR", "XOF"])}
)
counts = st.integers(0, 10**9)
partial_dates = st.one_of(
    st.integers(1000, 9999).map(str), st.dates().filter(lambda day: day.year >= 1000).map(str)
)
days = st.dates().map(str)
common = {
    "description": localised,
    "languages": st.lists(st.sampled_from(["fr", "it", "wol"]), max_size=3),
    "sectors": st.lists(st.one_of(st.sampled_from(["11120", "112", "microcrédit"]), short_texts), max_size=3),
    "priorities": st.lists(st.sampled_from(["remittances", "rights"]), max_size=2),
    "website": st.just("https://example.org/a|b"),
    "contact_email": st.just("bureau@example.org"),
    "published": st.booleans(),
}
"""Strategies for fields whose values a shape narrows more than its type of column tells."""
of_kind: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "association": {
        "origin": st.lists(places, max_size=3), "residence": st.lists(places, max_size=3),
        "founded": partial_dates, "registered": st.booleans(), "registration_number": short_texts,
        "members": counts, "elected_board": st.booleans(), "published_accounts": st.booleans(),
        "offers": st.dictionaries(st.sampled_from(["human", "financial", "social"]), localised),
        "needs": localised, "federated": st.booleans(), "legal_form": st.sampled_from(["federation", "informal"]),
        "evidence": st.dictionaries(
            st.sampled_from(["members", "founded"]),
            st.fixed_dictionaries({"source": short_texts}, optional={"date": partial_dates}),
        ),
    },
    "authority": {
        "level": st.sampled_from(["municipality", "region"]), "role": st.sampled_from(["origin", "both"]),
        "population": counts,
    },
    "programme": {
        "operator": short_texts, "mechanism": short_texts, "origin": st.lists(places, max_size=3),
        "residence": st.lists(places, max_size=3), "applicants": st.lists(short_texts, max_size=3),
        "opens": st.just("2026-01-01"), "closes": st.just("2026-12-31"), "budget": money,
        "project_max": money,
        "cofinancing": st.lists(
            st.fixed_dictionaries({"party": short_texts, "share": st.floats(0, 0.3)}), max_size=3
        ),
        "conditions": localised,
    },
    "project": {
        "association": st.sampled_from(["k1", "k2"]), "origin": st.lists(places, max_size=3),
        "budget": money, "own_contribution": money, "starts": partial_dates,
    },
}  # fmt: skip
required: dict[str, dict[str, st.SearchStrategy[Any]]] = {"authority": {"territory": places}}


def records_of(kind: str) -> st.SearchStrategy[list[JsonObject]]:
    """Some records of a kind, with any of its fields, each with a key of its own."""
    drawn = {**common, **of_kind[kind], **required.get(kind, {}), "name": names}
    fields = {
        name: drawn[name] if name in drawn else _by_annotation(field.annotation)
        for name, field in FIELDS[Kind(kind)].model_fields.items()
    }
    always = {name: fields.pop(name) for name in ("name", *required.get(kind, {}))}
    one = st.fixed_dictionaries(
        {"kind": st.just(kind), **always}, optional={**fields, "published": common["published"]}
    )
    return st.lists(one, min_size=1, max_size=4).map(
        lambda records: [record | {"key": f"k{number}"} for number, record in enumerate(records)]
    )


def _by_annotation(annotation: Any) -> st.SearchStrategy[Any]:
    """Values for a field that has no strategy of its own above."""
    known = {AMOUNT: money, PLACES: st.lists(places, max_size=3), LOCALISED: localised, FLAG: st.booleans()}
    known |= {WHOLE_NUMBER: st.integers(0, 1_000), NUMBER: st.floats(0, 1), ITEMS: st.lists(short_texts)}
    return known.get(column_type_of(annotation), partial_dates)
