"""Explanations read well one by one and ten in a row, in each language."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from schemas.language import Language
from schemas.translation import message
from schemas.wording import Words
from service.suggestions.explanations.composing import MAX_WORDS, compose
from service.suggestions.explanations.reasons import Reason, Topic
from service.suggestions.explanations.territories import ONLY_COUNTRY
from tests.service.client import Installation
from tests.service.examples import register

TEN = 10
CODE = re.compile(r"\b[A-Z]{2}-[A-Z0-9]{1,3}\b|\b\d{5}\b|\{|\}")


def sentences_of(text: str) -> list[str]:
    """The sentences of a text; a full stop within a name is followed by no capital."""
    return re.split(r"(?<=[.!?])\s+(?=[A-ZÀ-Ý])", text)


def length(text: str) -> int:
    return sum(any(character.isalnum() for character in word) for word in text.split())


def lists(installation: Installation, language: str) -> Iterator[dict[str, Any]]:
    """The first ten suggestions of every documented profile."""
    public = installation.client()
    for kind in ("associations", "authorities", "programmes", "projects"):
        for profile in public.get(f"/{kind}?limit=100").json()["items"]:
            answer = public.get(f"/{kind}/{profile['id']}/suggestions?limit={TEN}&language={language}")
            assert answer.status_code == 200, answer.text
            yield answer.json()


@pytest.mark.parametrize("language", list(Language))
def test_ten_in_a_row_keep_the_rules_of_good_wording(documented: Installation, language: Language) -> None:
    only_country = Words(language).say(ONLY_COUNTRY).partition("{")[0]
    shown = 0
    for found in lists(documented, language):
        items = found["items"]
        shown += len(items)
        assert len(set(found["next_steps"])) == len(found["next_steps"])
        all_said = [sentence for item in items for sentence in sentences_of(item["explanation"])]
        assert not set(all_said) & set(found["next_steps"]), "what holds for all is said once, above"
        introduced = Counter(
            match[1] for text in all_said if (match := re.match(r"[^:]*\b(?:19|20)\d\d\s?: ([^(]*)", text))
        )
        assert not introduced or max(introduced.values()) == 1, introduced
        for item in items:
            keeps_the_rules(item, only_country, language)
    assert shown > 200


def keeps_the_rules(item: dict[str, Any], only_country: str, language: Language) -> None:
    """What can be asked of one explanation."""
    text = item["explanation"]
    said = sentences_of(text)
    assert 1 <= len(said) <= 2, text
    assert length(text) <= MAX_WORDS, text
    assert text.endswith("."), text
    assert not CODE.search(text), text
    assert not any(sentence.count(": ") > 1 for sentence in said if "(" not in sentence), text
    assert item["candidate"]["name"] not in re.sub(r"[:(].*", "", text), text
    assert not set(item["details"]) & set(said), text
    if text.startswith(only_country):
        assert all(reason.startswith(only_country) or not _is_reason(reason) for reason in item["details"])
    if language is Language.FR:
        assert not re.search(r" [:;?!»%]", text), text


def _is_reason(sentence: str) -> bool:
    return ": " in sentence


def test_the_four_languages_differ_and_agree(documented: Installation) -> None:
    """The same facts, each in its own words."""
    said = [
        [item["explanation"] for found in lists(documented, language) for item in found["items"]]
        for language in Language
    ]
    for texts in zip(*said, strict=True):
        assert len(set(texts)) == 4, texts


def reason(text: str, topic: Topic = Topic.TERRITORY, **more: Any) -> Reason:
    return Reason(topic, message(text), **more)


def test_what_only_one_candidate_has_comes_first() -> None:
    common = reason("Responsible for your members’ home area: Kaolack.")
    own = reason("Field in common: health.", Topic.SECTOR)
    first, second, third = compose([[common, own], [common], [common]], Words(Language.EN))
    assert first.text == "Field in common: health. Responsible for your members’ home area: Kaolack."
    assert second.text == third.text == "Responsible for your members’ home area: Kaolack."
    assert compose([[common, own]], Words(Language.EN))[0].reasons[0].startswith("Responsible")


def test_a_shared_country_never_leads() -> None:
    country = reason("Only the country in common: Senegal.", is_weak=True)
    field = reason("Field in common: health.", Topic.SECTOR)
    found = compose([[country, field], [country], [field]], Words(Language.EN))
    assert [each.text for each in found] == [
        "Field in common: health. Only the country in common: Senegal.",
        "Only the country in common: Senegal.",
        "Field in common: health.",
    ]


def test_a_partner_is_introduced_once() -> None:
    grdr = reason(
        "Partnership begun in 2011: GRDR (territory in common with you: Kayes).",
        Topic.TRACK_RECORD,
        partner="grdr",
        again=message("Also with: GRDR."),
    )
    found = compose([[grdr], [grdr], [grdr]], Words(Language.EN))
    assert [each.text for each in found] == [
        "Partnership begun in 2011: GRDR (territory in common with you: Kayes).",
        "Also with: GRDR.",
        "Also with: GRDR.",
    ]


def test_long_names_make_room_for_the_notice() -> None:
    many = " ".join(["name"] * 25)
    long = reason(f"Fields in common: {many}.", Topic.SECTOR, shorter=message("Field in common: water."))
    notice = reason("Not confirmed by its funder: ask first whether it is still open.", Topic.NOTICE)
    [found] = compose([[long, notice]], Words(Language.EN))
    assert found.notice is not None
    assert length(found.text) <= MAX_WORDS
    assert found.details == (f"Fields in common: {many}.",)


def test_what_does_not_fit_is_a_detail() -> None:
    reasons = [reason(f"Territory {number}: {' '.join(['place'] * 12)}.") for number in range(3)]
    preferred = reason("Preferred by the rules: something.", Topic.PREFERENCE)
    [found] = compose([[*reasons, preferred]], Words(Language.EN))
    assert len(found.reasons) == 2
    assert found.details == (
        "Territory 2: " + " ".join(["place"] * 12) + ".",
        "Preferred by the rules: something.",
    )


def test_an_authority_is_responsible_or_within_or_near_or_shares_a_country(
    installation: Installation,
) -> None:
    steward = installation.client("steward")
    for name, place, level in (
        ("Region", {"country": "IT", "place": "Veneto"}, "region"),
        ("Town", {"country": "IT", "place": "comune di Padova"}, "municipality"),
        ("Nation", "IT", "national"),
    ):
        register(steward, "authorities", name=name, territory=place, level=level)
    said: dict[tuple[str, str], str] = {}
    for residence in ("Veneto", "comune di Padova"):
        association = register(
            steward, name=residence, key=None, origin=[], residence=[{"country": "IT", "place": residence}]
        )
        items = steward.get(f"/associations/{association['id']}/suggestions?of=authorities").json()["items"]
        said |= {(residence, item["candidate"]["name"]): item["explanation"] for item in items}
    assert said["Veneto", "Region"].startswith("Responsible for your members’ area of residence: ")
    assert said["Veneto", "Town"].startswith("Lies in your members’ area of residence: ")
    assert said["comune di Padova", "Region"].startswith("Responsible for your members’ area of residence: ")
    assert said["comune di Padova", "Town"].startswith("Responsible for your members’ area of residence: ")
    assert said["Veneto", "Nation"].startswith("National institution in your members’ country of residence: ")


def test_a_single_suggestion_says_what_to_do_next(installation: Installation) -> None:
    steward = installation.client("steward")
    register(steward, "authorities")
    register(steward, "programmes")
    association = register(steward)
    found = steward.get(f"/associations/{association['id']}/suggestions").json()
    assert [step.partition(":")[0] for step in found["next_steps"]] == [
        "Next step with a local authority",
        "Next step with a programme",
        "A good score does not guarantee funding",
    ]
    alone = steward.get(f"/suggestions/{found['items'][0]['id']}").json()
    assert alone["next_steps"] == found["next_steps"][:1]


def test_who_names_only_a_country_is_asked_for_more_once(installation: Installation) -> None:
    steward = installation.client("steward")
    register(steward, "authorities")
    register(steward, "authorities", name="Mantova", territory={"country": "IT", "place": "Mantova"})
    association = register(steward, origin=[], residence=["IT"])
    found = steward.get(f"/associations/{association['id']}/suggestions?of=authorities").json()
    assert len(found["items"]) == 2
    assert [step for step in found["next_steps"] if step.startswith("Add the region or town of residence")]
    assert all("Only the country in common: Italy." in item["explanation"] for item in found["items"])


def test_offers_that_meet_needs_are_named_from_either_side(installation: Installation) -> None:
    steward = installation.client("steward")
    town = register(steward, "authorities", needs={"it": "Cerchiamo formazione per infermieri"})
    club = register(steward, offers={"human": "Formation d’infirmières"}, sectors=[], priorities=[])
    starts = {
        "en": "You offer what it needs: ",
        "fr": "Votre offre répond à son besoin\N{NO-BREAK SPACE}: ",
        "es": "Su oferta responde a esta necesidad: ",
        "it": "La vostra offerta risponde al suo bisogno: ",
    }
    for language, start in starts.items():
        path = f"/associations/{club['id']}/suggestions?of=authorities&language={language}"
        [item] = steward.get(path).json()["items"]
        assert any(said.startswith(start) for said in [*sentences_of(item["explanation"]), *item["details"]])
        [part] = [part for part in item["parts"] if part["name"] == "offers"]
        assert (part["weight"], part["points"]) == (0, 0)
        assert part["because"] == ["43081", "12281"]
    [back] = steward.get(f"/authorities/{town['id']}/suggestions?of=associations").json()["items"]
    assert "It offers what you need: " in " ".join([back["explanation"], *back["details"]])


def test_a_steward_gives_offers_a_weight_and_sees_what_that_does(installation: Installation) -> None:
    steward = installation.client("steward")
    register(steward, "authorities", name="Nearer", sectors=["24040"])
    register(steward, "authorities", name="Looking", level="intermunicipal", needs="We look for nurses")
    club = register(steward, offers={"human": "Infermieri volontari"}, sectors=["24040"])
    path = f"/associations/{club['id']}/suggestions?of=authorities"
    assert [item["candidate"]["name"] for item in steward.get(path).json()["items"]] == ["Nearer", "Looking"]
    draft = steward.post("/rulesets", json={"name": "Give and take", "reason": "Ownership grows"}).json()
    changed = steward.patch(f"/rulesets/{draft['id']}", json={"weights": {"offers": 2}})
    assert changed.json()["weights"]["offers"] == pytest.approx(2 / 3)
    said = [item["detail"] for item in steward.get(f"/rulesets/{draft['id']}/diff").json()["items"]]
    assert "Weight of “Offers and needs”: 0% before, 66.7% now." in said
    steward.post(f"/rulesets/{draft['id']}/activate", json={"reason": "Agreed"})
    [first, _] = steward.get(path).json()["items"]
    assert first["candidate"]["name"] == "Looking"
    assert sum(part["points"] for part in first["parts"]) == pytest.approx(first["score"], abs=1e-6)
