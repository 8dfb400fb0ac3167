"""Sectors proposed from texts: by words of the vocabulary, and by profiles that say the like."""

import pytest

from matching import PartnershipModel
from tests.matching.records import association, project


@pytest.mark.parametrize(
    ("text", "sector"),
    [
        ("Nous creusons un puits au village", "14031"),
        ("We train nurses for the health posts", "12281"),
        ("Damos microcréditos a las vendedoras", "24040"),
        ("Le apicoltrici vendono il miele", "31163"),
        ("A nova escola primária terá latrinas", "11220"),
    ],
)
def test_words_alone_propose_sectors_in_every_language(text: str, sector: str) -> None:
    proposed = PartnershipModel().fit([]).propose_sectors(association(sectors=[], description=text))
    assert sector in [item.sector for item in proposed]
    assert sum(item.weight for item in proposed) <= 1 + 1e-9
    assert all(item.words and not item.profiles for item in proposed)


def test_profiles_that_say_the_like_propose_their_sectors() -> None:
    known = [
        project(f"p{number}", name="Xyzzy", description="Xyzzy plugh frobozz", sectors=["23231"])
        for number in range(3)
    ]
    model = PartnershipModel().fit(known)
    first = model.propose_sectors(association(name="x", sectors=[], description="Xyzzy frobozz"))[0]
    assert (first.sector, first.profiles) == ("23231", ("p0", "p1", "p2"))


def test_words_outrank_all_profiles_that_say_the_like() -> None:
    """One that is registered later, or several, change neither what words propose nor that it comes first."""
    pumps = [
        association(
            f"club-{number}",
            sectors=["12220", "12230", "12281"],
            description="Nous creusons des puits avec une pompe",
        )
        for number in range(6)
    ]
    for known in ([], pumps[:1], pumps):
        proposed = (
            PartnershipModel()
            .fit(known)
            .propose_sectors(
                association("new", name="new", sectors=[], description="Nous creusons des puits")
            )
        )
        assert (proposed[0].sector, proposed[0].words) == ("14031", ("creusons", "puits"))
        assert len(proposed) == (1 if len(known) < 2 else 3)


@pytest.mark.parametrize(
    ("likeness", "count"), [("Xyzzy plugh frobozz", 1), ("Xyzzy " + "grue lamp sword " * 9, 3)]
)
def test_one_profile_or_weak_likeness_proposes_nothing(likeness: str, count: int) -> None:
    known = [
        project(f"p{number}", name="Xyzzy", description=likeness, sectors=["23231"])
        for number in range(count)
    ]
    asked = association(name="x", sectors=[], description="Xyzzy frobozz plover nest")
    assert PartnershipModel().fit(known).propose_sectors(asked) == []


def test_what_a_profile_names_already_is_not_proposed_nor_does_it_propose_to_itself() -> None:
    record = association(sectors=["14031"], description="Un puits")
    proposed = PartnershipModel().fit([record]).propose_sectors(record)
    assert "14031" not in [item.sector for item in proposed]
    assert all("club" not in item.profiles and record["key"] not in item.profiles for item in proposed)


def test_a_proposal_is_not_counted_before_somebody_confirms_it() -> None:
    silent, speaking = (
        association(key, sectors=sectors, description="Un puits")
        for key, sectors in (("silent", []), ("speaking", ["14031"]))
    )
    offered = project(sectors=["14031"])
    model = PartnershipModel().fit([silent, speaking, offered])
    [without], [confirmed] = (model.score_pairs(item, [offered["key"]]) for item in (silent, speaking))
    by_sector = [
        next(part for part in scored.parts if part.name == "sector") for scored in (without, confirmed)
    ]
    assert by_sector[0].similarity == 0 < by_sector[1].similarity


def test_a_text_that_says_nothing_has_no_proposal() -> None:
    assert (
        PartnershipModel().fit([]).propose_sectors(association(name="Xyzzy", sectors=[], description=""))
        == []
    )
