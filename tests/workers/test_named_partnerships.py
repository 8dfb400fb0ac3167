"""Partnerships that one side has named: the other learns of them by mail, and answers on a page without signing in."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from httpx2 import Response

from schemas.inputs import JsonObject
from service.clock import now
from tests.service.examples import register
from tests.workers.subscribers import Post

PAGE = re.compile(r"http://127\.0\.0\.1:8000(/partnerships/[\w-]+)")


def name_partnership(post: Post, key: str = "town", since: str | None = "2019") -> JsonObject:
    """Have an authority far from the association's places name it as its partner."""
    place = {"country": "LV", "place": "Riga"}
    town = register(post.steward, "authorities", key=key, name=f"Office {key}", territory=place)
    speaker = post.installation.client("member", town["id"])
    club = next(iter(post.steward.get("/associations").json()["items"]))
    said = {"query": town["id"], "candidate": club["id"], "since": since}
    answer = speaker.post("/partnerships", json=said)
    assert answer.status_code == 201, answer.text
    named: JsonObject = answer.json()
    return named


def mailed_text(post: Post) -> str:
    """The text of the latest mail."""
    body = post.server.mails()[-1].get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert isinstance(text, str)
    return text


class NamedPage:
    """The page to which a mail leads."""

    def __init__(self, post: Post) -> None:
        found = PAGE.search(mailed_text(post))
        assert found is not None
        self.address, self._client = f"http://127.0.0.1:8000{found[1]}", post.installation.client()

    def read(self) -> str:
        """What it says."""
        return self._client.get(self.address).text

    def answer(self, **fields: str) -> Response:
        """Press one of its buttons."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._client.post(self.address, content=urlencode(fields), headers=headers)


def state_of(post: Post, partnership: JsonObject) -> tuple[str, str | None]:
    """The state of a partnership, and since when it is."""
    items = post.steward.get("/partnerships").json()["items"]
    [found] = [item for item in items if item["id"] == partnership["id"]]
    return found["state"], found["since"]


def test_who_is_named_is_told_at_once_and_once(post: Post) -> None:
    post.subscribed_club(language="en")
    assert post.send_now() == {}
    name_partnership(post)
    assert post.send_now() == {"sent": 1}
    [mail] = post.server.mails()
    assert str(mail["Subject"]) == "Les amis de Kaolack: is this partnership right?"
    assert "- Office town (start: 2019)" in mailed_text(post)
    with time_machine.travel(now() + timedelta(days=2), tick=True):
        assert post.send_now() == {}, "it has been told"
        name_partnership(post, "other", since=None)
        assert post.send_now() == {"sent": 1}
    assert "- Office other" in mailed_text(post).splitlines()


def test_who_has_named_a_partner_is_not_asked_itself(post: Post) -> None:
    club, member = post.subscribed_club()
    place = {"country": "LV", "place": "Riga"}
    town = register(post.steward, "authorities", territory=place)
    assert (
        member.post("/partnerships", json={"query": club["id"], "candidate": town["id"]}).status_code == 201
    )
    assert post.send_now() == {}


@pytest.mark.parametrize(
    ("fields", "state", "said"),
    [
        ({"answer": "yes", "since": "2019"}, ("confirmed", "2019"), "nothing is waiting"),
        ({"answer": "yes"}, ("confirmed", "2019"), "nothing is waiting"),
        ({"answer": "no", "since": "1999"}, ("denied", "2019"), "nothing is waiting"),
        ({"answer": "yes", "since": "2021-05-01"}, ("named", "2021-05-01"), "The other side is now asked"),
        ({"answer": "yes", "since": "yesterday"}, ("named", "2019"), "neither a year nor a date"),
        ({"answer": "yes", "since": "2999"}, ("named", "2019"), "lies in the future"),
        ({"answer": "yes", "since": "1950"}, ("named", "2019"), "did not exist yet"),
        ({"answer": "perhaps"}, ("named", "2019"), ""),
    ],
)
def test_it_answers_on_the_page_without_signing_in(
    embedded_post: Post, fields: dict[str, str], state: tuple[str, str], said: str
) -> None:
    post = embedded_post
    club, member = post.subscribed_club(language="en")
    assert member.patch(f"/associations/{club['id']}", json={"founded": "2005"}).status_code == 200
    named = name_partnership(post)
    post.send_now()
    page = NamedPage(post)
    assert "Office town" in page.read()
    answer = page.answer(partnership=named["id"], **fields)
    assert said in answer.text
    assert state_of(post, named) == state
    still_asked = "Office town" in page.read()
    assert still_asked == (state == ("named", "2019"))
    again = page.answer(partnership=named["id"], **fields)
    assert state_of(post, named) == state, again.text


def test_an_invalid_start_is_shown_as_it_was_typed(embedded_post: Post) -> None:
    post = embedded_post
    post.subscribed_club(language="fr")
    named = name_partnership(post)
    post.send_now()
    text = NamedPage(post).answer(partnership=named["id"], answer="yes", since='20"<19').text
    assert "20&#34;&lt;19" in text
    assert "Ce n’est ni une année ni une date." in text


def test_nobody_answers_for_others(embedded_post: Post) -> None:
    post = embedded_post
    post.subscribed_club(language="en")
    named = name_partnership(post)
    post.send_now()
    page = NamedPage(post)
    town, village = (register(post.steward, "authorities", key=key) for key in ("a", "b"))
    speaker = post.installation.client("member", town["id"])
    foreign = speaker.post("/partnerships", json={"query": town["id"], "candidate": village["id"]}).json()
    assert page.answer(partnership=foreign["id"], answer="yes").status_code == 200
    assert state_of(post, foreign) == ("named", None)
    assert post.installation.client().get("http://127.0.0.1:8000/partnerships/unknown").status_code == 404
    assert state_of(post, named) == ("named", "2019")


def test_what_is_taken_back_before_the_mail_goes_out_is_not_asked(embedded_post: Post) -> None:
    post = embedded_post
    post.subscribed_club()
    named = name_partnership(post)
    assert post.steward.post(f"/partnerships/{named['id']}/denial").status_code == 200
    assert post.send_now() == {}
