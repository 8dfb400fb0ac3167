"""Mail with consent: a new address is asked once, in words of ours alone, and is left alone when its reader says so."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from schemas.inputs import JsonObject
from schemas.language import Language
from service.clock import now
from service.db.tables import SuppressedAddress
from tests.service.readers import SITE, agree, opt_in_link, parsed, text_of
from tests.workers.subscribers import DAILY, Post

STRANGER = "stranger@example.net"
SHOUT = "BUY AT SPAM.EXAMPLE"


def subscribe(member: TestClient, **said: Any) -> JsonObject:
    answer = member.put("/me/subscription", json=DAILY | said)
    assert answer.is_success, answer.text
    body: JsonObject = answer.json()
    return body


def nobody(post: Post) -> TestClient:
    return post.installation.client()


def link_of_last_mail(post: Post, page: str) -> str:
    """The link to a page of ours in the newest mail."""
    found = re.search(rf"http\S+/{page}/\S+", text_of(parsed(post.server.received[-1][1])))
    assert found is not None
    return found[0]


def test_a_new_address_is_asked_before_anything_else_is_sent(post: Post) -> None:
    _, member = post.club()
    post.town()
    asked = subscribe(member, frequency="immediately")
    assert (asked["state"], asked["next_due_at"]) == ("unconfirmed", None)
    assert "bureau@example.org" in asked["notice"]
    assert post.send_now() == {"sent": 1}
    link = link_of_last_mail(post, "subscribe")
    assert nobody(post).get(link).status_code == 200
    assert member.get("/me/subscription").json()["state"] == "unconfirmed", "programs open links, too"
    for _ in range(2):
        assert nobody(post).post(link).status_code == 200
    confirmed = member.get("/me/subscription").json()
    assert (confirmed["state"], confirmed["notice"]) == ("active", None)
    assert post.send_due() == {"sent": 1}
    assert "Comune di Padova" in text_of(parsed(post.server.received[-1][1]))


@pytest.mark.parametrize("language", list(Language))
def test_the_question_carries_no_word_of_the_account(embedded_post: Post, language: Language) -> None:
    post = embedded_post
    club, member = post.club(name=SHOUT, description=SHOUT, website="https://spam.example")
    subscribe(member, email=STRANGER, language=language.value)
    assert post.deliver() == {"sent": 1}
    to, raw = post.server.received[0]
    mail = parsed(raw)
    assert to == STRANGER
    for part in (str(mail["Subject"]), text_of(mail), mail.get_body(("html",)).get_content()):  # type: ignore[union-attr]  # every mail has it
        assert SHOUT not in part
        assert "spam.example" not in part
    links = set(re.findall(r"https?://[^\s\"<>]+", text_of(mail)))
    assert {link.split("/")[3] for link in links} == {"subscribe", "unsubscribe"}
    assert len(links) == 2
    assert SHOUT in nobody(post).get(opt_in_link(post.installation, club["id"])).text


def test_links_expire_and_are_good_for_one_address_of_one_subscription(embedded_post: Post) -> None:
    post = embedded_post
    club, member = post.club()
    subscribe(member)
    link = opt_in_link(post.installation, club["id"])
    with time_machine.travel(now() + timedelta(days=8), tick=True):
        assert nobody(post).post(link).status_code == 404
    forged = link[:-3] + ("AAA" if not link.endswith("AAA") else "BBB")
    for wrong in (forged, f"{SITE}/subscribe/x", f"{SITE}/subscribe/{'x' * 500}"):
        assert nobody(post).post(wrong).status_code in {404, 422}
    subscribe(member, email=STRANGER)
    assert nobody(post).post(link).status_code == 404, "it speaks for the former address"
    agree(post.installation, club["id"])
    subscribe(member, email=STRANGER, frequency="never")
    assert subscribe(member, email=STRANGER)["state"] == "active", "its reader has agreed once"


def test_what_waits_for_a_former_address_is_not_sent(embedded_post: Post) -> None:
    _, member = embedded_post.club()
    subscribe(member, email=STRANGER)
    subscribe(member, email="right@example.org")
    assert embedded_post.deliver() == {"sent": 1}
    assert [to for to, _ in embedded_post.server.received] == ["right@example.org"]


def test_who_has_unsubscribed_is_left_alone_whoever_asks(post: Post) -> None:
    _, member = post.subscribed_club()
    link = f"{SITE}/unsubscribe/{post.subscription().unsubscribe_token}"
    assert nobody(post).post(link).status_code == 200
    _, other = post.club(key="other", name="Another club")
    fresh = subscribe(other, email="Fresh@example.org")
    for client in (member, other):
        again = subscribe(client, email="BUREAU@example.org")
        assert again["state"] == fresh["state"] == "unconfirmed"
        assert again["notice"].replace("BUREAU", "Fresh") == fresh["notice"]
    assert post.deliver() == {}
    assert nobody(post).post(f"{link}/undo").status_code == 200
    assert member.get("/me/subscription").json()["state"] == "active", "its reader has said otherwise"
    assert other.get("/me/subscription").json()["state"] == "unconfirmed"
    subscribe(other, email="bureau@example.org")
    assert post.deliver() == {"sent": 1}


def test_an_address_that_says_never_ends_all_that_write_to_it(embedded_post: Post) -> None:
    post = embedded_post
    _, first = post.subscribed_club()
    second_club, second = post.club(key="second", name="Second")
    post.subscribe(second_club, second)
    subscribe(first, email=STRANGER)
    post.deliver()
    never = link_of_last_mail(post, "unsubscribe")
    assert nobody(post).post(never).status_code == 200
    assert first.get("/me/subscription").json()["ended"]["cause"] == "unsubscribed"
    assert second.get("/me/subscription").json()["state"] == "active"


def test_the_link_of_a_former_address_ends_nothing_but_mail_to_that_address(post: Post) -> None:
    club, member = post.subscribed_club()
    former = f"{SITE}/unsubscribe/{post.subscription().unsubscribe_token}"
    post.subscribe(club, member, email="new@example.org")
    assert f"/unsubscribe/{post.subscription().unsubscribe_token}" not in former
    assert nobody(post).get(former.replace("/unsubscribe/", "/confirm/")).status_code == 404
    page = nobody(post).post(former)
    assert "Vous ne recevrez plus de courriel" in page.text
    assert member.get("/me/subscription").json()["state"] == "active"
    assert subscribe(member, email="bureau@example.org")["state"] == "unconfirmed"
    assert post.deliver() == {}


def test_a_few_questions_to_an_address_and_by_an_account_a_day(post: Post) -> None:
    sent = 0
    for number in range(5):
        _, member = post.club(key=f"c{number}", name=f"Club {number}")
        assert subscribe(member, email=STRANGER)["state"] == "unconfirmed"
        sent += post.deliver()["sent"]
    assert sent == 3, "the others are not told that they were too many"
    for number in range(4):
        subscribe(member, email=f"{number}@example.org")
    refused = member.put("/me/subscription", json=DAILY | {"email": "one-more@example.org"})
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 86400
    assert member.get("/me/subscription").json()["email"] == "3@example.org", "nothing is stored of it"
    with time_machine.travel(now() + timedelta(days=1), tick=True):
        assert subscribe(member, email=STRANGER)["state"] == "unconfirmed"
        post.deliver()
    assert post.server.received[-1][0] == STRANGER


def test_asking_twice_at_once_sends_one_question(embedded_post: Post) -> None:
    _, member = embedded_post.club()
    assert subscribe(member)["state"] == subscribe(member)["state"] == "unconfirmed"
    assert embedded_post.deliver() == {"sent": 1}


def test_who_asks_cannot_see_whether_a_question_was_sent(embedded_post: Post) -> None:
    _, member = embedded_post.club()
    subscribe(member)
    embedded_post.deliver()
    assert member.get("/digests").json()["items"] == []
    assert member.get("/me/data").json()["tables"]["digest"] == []


def test_a_mailbox_that_is_not_there_ends_what_was_asked(embedded_post: Post) -> None:
    embedded_post.server.answer_rcpt = lambda _to: "550 5.1.1 No such user here"
    _, member = embedded_post.club()
    subscribe(member)
    assert embedded_post.deliver() == {"failed": 1}
    assert member.get("/me/subscription").json()["ended"]["cause"] == "refused"


def test_nothing_is_sent_during_a_pause(post: Post) -> None:
    _, member = post.subscribed_club(frequency="immediately")
    post.town()
    back = now().date() + timedelta(days=10)
    paused = subscribe(member, frequency="immediately", paused_until=back.isoformat())
    assert paused["paused_until"] == back.isoformat()
    assert paused["state"] == "active"
    assert post.send_due() == post.send_now() == {}
    with time_machine.travel(now() + timedelta(days=11), tick=True):
        assert post.send_due() == {"sent": 1}


@pytest.mark.parametrize("until", ["2026-02-30", "tomorrow", 20270101, "9999-12-31"])
def test_a_pause_ends_on_a_day_in_sight(embedded_post: Post, until: object) -> None:
    _, member = embedded_post.club()
    answer = member.put("/me/subscription", json=DAILY | {"paused_until": until})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/paused_until"
    over = subscribe(member, paused_until="0001-01-01", timezone="Asia/Tokyo")
    assert over["paused_until"] is None


def test_an_address_that_never_answers_is_forgotten(embedded_post: Post) -> None:
    _, member = embedded_post.club()
    subscribe(member)
    embedded_post.begin_day()
    with time_machine.travel(now() + timedelta(days=31)):
        embedded_post.begin_day()
    assert member.get("/me/subscription").status_code == 404


def test_an_address_is_known_by_its_hash_alone(embedded_post: Post) -> None:
    embedded_post.subscribed_club()
    nobody(embedded_post).post(f"/unsubscribe/{embedded_post.subscription().unsubscribe_token}")
    with Session(embedded_post.engine) as session:
        [kept] = session.exec(select(SuppressedAddress)).all()
    assert re.fullmatch("[0-9a-f]{64}", kept.address_hash)
