"""Digests: what is new, once, in the subscriber's language, over a real connection."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from bench.harness.mail_server import HANG_UP
from service.clock import now
from service.db.session import unit_of_work
from service.db.tables import Digest, Subscription
from service.digests.contents import letter_for
from service.digests.preparing import MOST_A_DAY, digest_id, prepare_due
from service.digests.subscriptions import find_by_token
from tests.service.examples import make_older, register
from tests.workers.subscribers import Post

UNSUBSCRIBE = re.compile(rb"\r\nList-Unsubscribe: <(http://127\.0\.0\.1:8000/api/v1/unsubscribe/[\w-]+)>\r\n")


def test_a_subscriber_gets_one_mail_for_what_is_new_and_no_other(post: Post) -> None:
    post.subscribed_club()
    town = post.town()
    assert post.send_now() == {"sent": 1}
    (mail,) = post.server.mails()
    assert mail["To"] == "bureau@example.org"
    assert town["name"] in str(mail["Subject"])
    assert post.send_now() == {}
    assert len(post.server.received) == 1


def test_all_who_govern_the_same_are_named_in_one_line(post: Post) -> None:
    post.subscribed_club()
    post.town()
    post.town(key="office", name="Ufficio di cooperazione")
    assert post.send_now() == {"sent": 1}
    (mail,) = post.server.mails()
    text, page = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert page is not None
    for body in (text, page):
        written = body.get_content()
        names = {"Comune di Padova · Ufficio di cooperazione", "Ufficio di cooperazione · Comune di Padova"}
        assert any(name in written for name in names)


def test_nothing_new_no_mail(post: Post) -> None:
    post.subscribed_club()
    assert post.send_now() == {}
    assert post.server.received == []
    assert post.digests() == []


def test_the_next_period_tells_only_of_what_came_since(post: Post) -> None:
    post.subscribed_club(frequency="daily", timezone="UTC")
    post.town()
    with time_machine.travel(datetime(2027, 3, 1, 12, tzinfo=UTC), tick=True):
        post.send_now()
        post.town(key="second", name="Comune di Vigonza", territory={"country": "IT", "place": "Vigonza"})
        assert post.send_now() == {}, "one mail a period"
    with time_machine.travel(datetime(2027, 3, 2, 12, tzinfo=UTC), tick=True):
        assert post.send_due() == {"sent": 1}
    first, second = (mail.get_body(("plain",)) for mail in post.server.mails())
    assert first is not None
    assert second is not None
    assert "Comune di Padova" in first.get_content()
    assert "Comune di Vigonza" in second.get_content()
    assert "Comune di Padova" not in second.get_content()


def test_immediately_is_soon_after_something_fits(post: Post) -> None:
    post.subscribed_club(frequency="immediately")
    assert post.send_due() == {}
    assert post.subscription().next_due_at is None
    post.town()
    assert post.send_due() == {"sent": 1}
    assert post.subscription().next_due_at is None


def test_news_of_the_same_minute_is_mailed_the_minute_after(post: Post) -> None:
    begun = datetime(2027, 3, 1, 12, 0, 5, tzinfo=UTC)
    with time_machine.travel(begun, tick=False):
        post.subscribed_club(frequency="immediately")
        post.town()
        assert post.send_due() == {"sent": 1}
        post.town(key="second", name="Comune di Vigonza", territory={"country": "IT", "place": "Vigonza"})
        assert post.send_due() == {}
    with time_machine.travel(begun + timedelta(seconds=70), tick=False):
        assert post.send_due() == {"sent": 1}


def test_immediately_is_eight_times_a_day_at_most_and_nothing_is_forgotten(post: Post) -> None:
    begun = datetime(2027, 3, 1, 12, 0, 5, tzinfo=UTC)
    sent: list[int] = []
    with time_machine.travel(begun, tick=False) as clock:
        post.subscribed_club(frequency="immediately")
        for _ in post.towns(MOST_A_DAY + 2):
            sent.append(post.send_due()["sent"])
            clock.shift(timedelta(minutes=2))
        assert sent == [1] * MOST_A_DAY + [0, 0]
        clock.move_to(begun + timedelta(days=1, seconds=1))
        assert post.send_due()["sent"] == 1
        assert post.send_due()["sent"] == 0
    last = post.server.mails()[-1].get_body(("plain",))
    assert last is not None
    assert len(set(re.findall(r"Comune \d", last.get_content()))) == 2


def test_a_mail_holds_five_at_most_and_the_rest_comes_with_the_next(post: Post) -> None:
    post.subscribed_club()
    assert len(list(post.towns(7))) == 7
    with time_machine.travel(datetime(2027, 3, 1, 12, tzinfo=UTC), tick=True):
        post.send_now()
    with time_machine.travel(datetime(2027, 3, 2, 12, tzinfo=UTC), tick=True):
        post.send_now()
    said = [mail.get_body(("plain",)) for mail in post.server.mails()]
    found = [re.findall(r"Comune \d", body.get_content()) for body in said if body]
    assert [len(set(names)) for names in found] == [5, 2]
    assert len({name for names in found for name in names}) == 7


def test_what_was_decided_or_has_become_a_partnership_is_not_news(post: Post) -> None:
    club, member = post.subscribed_club()
    town, other = post.town(), post.town(key="second", name="Comune di Vigonza")
    post.match()
    listed = member.get(f"/associations/{club['id']}/suggestions").json()["items"]
    decided = next(item for item in listed if item["candidate"]["id"] == town["id"])
    member.post(f"/suggestions/{decided['id']}/decision", json={"decision": "declined"})
    post.steward.post("/partnerships", json={"query": club["key"], "candidate": other["key"]})
    assert post.send_now() == {}


def test_what_is_withdrawn_before_the_mail_goes_out_is_not_mailed(post: Post) -> None:
    post.subscribed_club()
    town = post.town()
    post.match()
    with time_machine.travel(now() + timedelta(days=2), tick=True):
        assert prepare_due(post.engine, now()) == 1
        post.steward.delete(f"/authorities/{town['id']}")
        assert post.deliver() == {"dropped": 1}
    assert post.server.received == []


def test_an_organisation_hears_of_what_fits_its_projects(post: Post) -> None:
    club, member = post.subscribed_club()
    project = {"name": "Un puits", "origin": ["SN-KL"], "residence": ["IT"], "association": club["key"]}
    assert member.post("/projects", json=project).status_code == 201
    programme = {"name": "Fonds commun", "origin": ["SN"], "residence": ["IT"], "applicants": ["association"]}
    assert post.steward.post("/programmes", json=programme).status_code == 201
    assert post.send_now() == {"sent": 1}
    body = post.server.mails()[0].get_body(("plain",))
    assert body is not None
    assert "Un puits" in body.get_content()


def test_a_period_has_one_digest_whatever_happens(post: Post) -> None:
    post.subscribed_club()
    post.town()
    post.send_now()
    (digest,) = post.digests()
    assert digest.id == digest_id(digest.subscription_id, digest.period)
    again = Digest(
        id=digest_id(digest.subscription_id, "other"), subscription_id=digest.subscription_id,
        period=digest.period, due_at=now(), created_at=now(),
    )  # fmt: skip
    with pytest.raises(IntegrityError), unit_of_work(post.engine) as session:
        session.add(again)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", "Du nouveau pour Les amis de Kaolack"),
        ("en", "New for Les amis de Kaolack"),
        ("es", "Novedades para Les amis de Kaolack"),
        ("it", "Novità per Les amis de Kaolack"),
    ],
)
def test_a_mail_speaks_the_subscribers_language(embedded_post: Post, language: str, said: str) -> None:
    embedded_post.subscribed_club(language=language)
    embedded_post.town()
    embedded_post.send_now()
    (mail,) = embedded_post.server.mails()
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert said in plain.get_content()
    assert said in html.get_content()
    assert mail["Content-Language"] == language
    assert "{" not in plain.get_content()


def test_the_bytes_on_the_wire(embedded_post: Post) -> None:
    embedded_post.subscribed_club()
    embedded_post.town(name="Comune di Padova, il cui nome è così lungo che nessuna riga lo contiene " * 3)
    embedded_post.send_now()
    (to, content), (digest,) = embedded_post.server.received[0], embedded_post.digests()
    head = content.partition(b"\r\n\r\n")[0] + b"\r\n"
    assert to == "bureau@example.org"
    assert UNSUBSCRIBE.search(head)
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in head
    assert f"\r\nMessage-ID: <{digest.id}@localhost>\r\n".encode() in head
    assert b"\r\nAuto-Submitted: auto-generated\r\n" in head
    assert content.isascii()
    assert max(len(line) for line in content.replace(b"\r\n", b"\n").split(b"\n")) <= 120
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert len(content) < 100_000


def test_a_name_cannot_break_out_of_headers_or_markup(embedded_post: Post) -> None:
    embedded_post.subscribed_club()
    embedded_post.town(name="Town\r\nBcc: all@example.org <script>alert(1)</script>")
    embedded_post.send_now()
    (mail,) = embedded_post.server.mails()
    assert mail["Bcc"] is None
    html = mail.get_body(("html",))
    assert html is not None
    assert "<script>" not in html.get_content()
    assert "&lt;script&gt;" in html.get_content()


def test_one_click_ends_the_subscription_without_sign_in(embedded_post: Post) -> None:
    _, member = embedded_post.subscribed_club()
    embedded_post.town()
    embedded_post.send_now()
    found = UNSUBSCRIBE.search(embedded_post.server.received[0][1])
    assert found is not None
    path = "/unsubscribe/" + found[1].decode().rpartition("/")[2]
    nobody = embedded_post.installation.client()
    for _ in range(2):
        answer = nobody.post(path, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert answer.json()["detail"] == "Vous ne recevrez plus de courriel de Passerelle."
    subscription = member.get("/me/subscription").json()
    assert (subscription["state"], subscription["frequency"]) == ("ended", "never")
    assert subscription["ended"]["cause"] == "unsubscribed"
    embedded_post.town(key="second", name="Comune di Vigonza")
    assert embedded_post.send_now() == {}
    assert nobody.post("/unsubscribe/unknown").status_code == 404


def test_looking_at_the_link_does_not_act(embedded_post: Post) -> None:
    embedded_post.subscribed_club()
    token = embedded_post.subscription().unsubscribe_token
    page = embedded_post.installation.client().get(f"/unsubscribe/{token}", follow_redirects=True)
    assert page.status_code == 200
    assert "Arrêter ces courriels" in page.text
    assert embedded_post.subscription().state == "active"
    button = embedded_post.installation.client().post(f"http://127.0.0.1:8000/unsubscribe/{token}")
    assert "Vous ne recevrez plus de courriel" in button.text
    assert embedded_post.subscription().state == "ended"


def test_mails_lie_in_a_folder_while_no_server_is_set(embedded_post: Post) -> None:
    embedded_post.settings = embedded_post.settings.model_copy(update={"smtp_url": None})
    embedded_post.subscribed_club()
    embedded_post.town()
    assert embedded_post.send_now() == {"sent": 1}
    (file,) = embedded_post.settings.mail_folder.iterdir()
    assert file.name == f"{embedded_post.digests()[0].id}.eml"
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in file.read_bytes()


def changed(post: Post, **values: Any) -> None:
    """Change the only digest that is no opt-in mail."""
    with unit_of_work(post.engine) as session:
        digest = session.exec(select(Digest).where(Digest.purpose == "suggestions")).one()
        for name, value in values.items():
            setattr(digest, name, value)


def test_a_worker_that_ended_between_sending_and_noting_is_followed_by_one_that_says_so(post: Post) -> None:
    post.subscribed_club()
    post.town()
    post.send_now()
    gone = {"lease_owner": "elsewhere:1:abc", "sending_since": now()}
    changed(post, state="waiting", sent_at=None, lease_until=now() + timedelta(seconds=60), **gone)
    assert post.deliver() == {}, "the other one still holds it"
    changed(post, lease_until=now() - timedelta(seconds=1))
    assert post.deliver() == {"sent": 1}
    (digest,) = post.digests()
    assert digest.perhaps_twice
    assert len(set(post.server.message_ids())) == 1


def test_a_refused_address_ends_the_subscription_with_the_reason(post: Post) -> None:
    post.server.answer_rcpt = lambda _to: "550 5.1.1 No such user here"
    club, member = post.subscribed_club()
    post.town()
    assert post.send_now() == {"failed": 1}
    subscription = member.get("/me/subscription").json()
    assert subscription["state"] == "ended"
    assert "550 5.1.1 No such user here" in subscription["ended"]["detail"]
    (digest,) = member.get("/digests").json()["items"]
    assert digest["state"] == "failed"
    assert digest["failure"] == {"cause": "refused", "detail": "550 5.1.1 No such user here"}
    post.server.answer_rcpt = lambda _to: "250 OK"
    post.subscribe(club, member, email="x@example.org")
    with time_machine.travel(now() + timedelta(days=1), tick=True):
        assert post.send_now() == {"sent": 1}, "what was not delivered is not lost"


def test_a_refused_mail_ends_the_subscription_too(embedded_post: Post) -> None:
    embedded_post.server.answer_data = lambda _to: "554 5.6.0 Not wanted"
    embedded_post.subscribed_club()
    embedded_post.town()
    assert embedded_post.send_now() == {"failed": 1}
    assert embedded_post.subscription().end_reason == "554 5.6.0 Not wanted"


@pytest.mark.parametrize("answer", ["450 4.2.1 Try again", "421 4.3.2 Closing"])
def test_what_is_put_off_comes_later_and_ever_later(embedded_post: Post, answer: str) -> None:
    embedded_post.server.answer_rcpt = lambda _to: answer
    embedded_post.subscribed_club()
    embedded_post.town()
    begun = now()
    embedded_post.send_now()
    pauses = []
    for _ in range(4):
        (digest,) = embedded_post.digests()
        assert digest.state == "waiting"
        assert digest.failure == answer
        assert digest.sending_since is None
        with time_machine.travel(digest.due_at + timedelta(seconds=1), tick=False):
            embedded_post.deliver()
        pauses.append(digest.due_at - begun)
        begun = digest.due_at
    assert pauses == sorted(pauses)
    assert pauses[-1] > 6 * pauses[0]
    embedded_post.server.answer_rcpt = lambda _to: "250 OK"
    (digest,) = embedded_post.digests()
    with time_machine.travel(digest.due_at, tick=False):
        assert embedded_post.deliver() == {"sent": 1}
    assert not embedded_post.digests()[0].perhaps_twice


def test_after_two_days_it_is_given_up_and_mailed_in_another_period(embedded_post: Post) -> None:
    embedded_post.server.answer_rcpt = lambda _to: "450 4.2.1 Try again"
    embedded_post.subscribed_club()
    embedded_post.town()
    embedded_post.send_now()
    with time_machine.travel(now() + timedelta(hours=48), tick=True):
        assert embedded_post.deliver() == {"failed": 1}
        assert embedded_post.subscription().state == "active"
        embedded_post.server.answer_rcpt = lambda _to: "250 OK"
        assert embedded_post.send_now() == {"sent": 1}


def test_one_connection_carries_many_mails_and_no_server_is_no_storm(embedded_post: Post) -> None:
    for number in range(3):
        club, member = embedded_post.club(key=f"c{number}", name=f"Club {number}")
        embedded_post.subscribe(club, member, email=f"c{number}@example.org")
    embedded_post.town()
    embedded_post.server.stop()
    assert embedded_post.send_now() == {"no server": 1}
    with time_machine.travel(now() + timedelta(hours=1), tick=True):
        embedded_post.server.url = embedded_post.server.start()
        again = Post.of(embedded_post.installation, embedded_post.server)
        assert again.deliver() == {"sent": 3}
    assert embedded_post.server.connections == 1


def test_one_digest_that_cannot_be_written_keeps_no_other_waiting(
    embedded_post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(2):
        club, member = embedded_post.club(key=f"c{number}", name=f"Club {number}")
        embedded_post.subscribe(club, member, email=f"c{number}@example.org")
    embedded_post.town()

    def breaks(*arguments: Any) -> Any:
        if arguments[1].email == "c0@example.org":
            raise ZeroDivisionError
        return letter_for(*arguments)

    monkeypatch.setattr("service.digests.delivering.letter_for", breaks)
    assert embedded_post.send_now() == {"put off": 1, "sent": 1}
    causes = {digest.failure_class for digest in embedded_post.digests() if digest.state == "waiting"}
    assert causes == {"internal"}


def test_at_once_means_at_once_also_while_more_is_due_tomorrow(embedded_post: Post) -> None:
    begun = datetime(2027, 3, 1, 12, 0, 5, tzinfo=UTC)
    with time_machine.travel(begun, tick=False):
        embedded_post.subscribed_club(frequency="immediately")
        assert len(list(embedded_post.towns(7))) == 7
        assert embedded_post.send_due() == {"sent": 1}
    with time_machine.travel(begun + timedelta(hours=1), tick=False):
        assert embedded_post.send_due() == {}
        embedded_post.town(key="new", name="Comune nuovo")
        assert embedded_post.send_due() == {"sent": 1}


def test_a_connection_that_breaks_in_the_middle_of_a_mail_leaves_word_of_doubt(embedded_post: Post) -> None:
    embedded_post.server.answer_data = lambda _to: HANG_UP
    embedded_post.subscribed_club()
    embedded_post.town()
    embedded_post.send_now()
    embedded_post.server.answer_data = lambda _to: "250 OK"
    (digest,) = embedded_post.digests()
    assert (digest.state, digest.failure_class) == ("waiting", "interrupted")
    with time_machine.travel(digest.due_at, tick=False):
        embedded_post.deliver()
    (digest,) = embedded_post.digests()
    assert digest.state == "sent"
    assert digest.perhaps_twice


def test_a_token_is_enough_to_find_a_subscription_and_nothing_else_is(embedded_post: Post) -> None:
    embedded_post.subscribed_club()
    with unit_of_work(embedded_post.engine) as session:
        token = session.exec(select(Subscription.unsubscribe_token)).one()
        assert len(token) >= 32
        assert find_by_token(session, token)


def test_who_has_not_confirmed_for_a_year_is_asked_once_a_quarter_and_answers_with_a_click(
    embedded_post: Post,
) -> None:
    post = embedded_post
    club, member = post.subscribed_club(language="en")
    make_older(post.installation, club["id"], 400)
    assert post.send_now() == {"sent": 1}
    [mail] = post.server.mails()
    assert str(mail["Subject"]) == "Les amis de Kaolack: is your profile still valid?"
    body = mail.get_body(("plain",))
    assert body is not None
    found = re.search(r"http://127\.0\.0\.1:8000(/confirm/[\w-]+)", body.get_content())
    assert found is not None
    with time_machine.travel(now() + timedelta(days=30), tick=True):
        assert post.send_now() == {}, "it was asked a month ago"
    page = post.installation.client().get(f"http://127.0.0.1:8000{found[1]}")
    assert "Les amis de Kaolack: last confirmed on" in page.text
    path = f"/associations/{club['id']}"
    before = member.get(path).json()["confirmed_at"]
    for _ in range(2):
        thanks = post.installation.client().post(f"http://127.0.0.1:8000{found[1]}")
        assert "Thank you: your profile is up to date." in thanks.text
    assert member.get(path).json()["confirmed_at"] > before
    assert post.installation.client().get("http://127.0.0.1:8000/confirm/unknown").status_code == 404


def test_the_question_comes_with_the_news_and_again_after_a_quarter(embedded_post: Post) -> None:
    post = embedded_post
    club, _ = post.subscribed_club(language="it")
    make_older(post.installation, club["id"], 400)
    post.town()
    assert post.send_now() == {"sent": 1}
    body = post.server.mails()[0].get_body(("plain",))
    assert body is not None
    assert "È ancora valido?" in body.get_content()
    assert "Comune di Padova" in body.get_content()
    with time_machine.travel(now() + timedelta(days=100), tick=True):
        assert post.send_now() == {"sent": 1}


def test_what_is_in_doubt_is_no_news(embedded_post: Post) -> None:
    post = embedded_post
    post.subscribed_club()
    town = post.town()
    make_older(post.installation, town["id"], 400)
    assert post.send_now() == {}
    post.steward.post(f"/authorities/{town['id']}/confirmation")
    assert post.send_now() == {"sent": 1}


def names_in(post: Post) -> list[list[str]]:
    """Of each mail, what it names, in order."""
    found = []
    for mail in post.server.mails():
        body = mail.get_body(("plain",))
        assert body is not None
        found.append(re.findall(r"^\d\. (.+) \(", body.get_content(), re.MULTILINE))
    return found


def test_a_planned_programme_never_leads_and_is_news_again_when_it_opens(post: Post) -> None:
    with time_machine.travel(datetime(2027, 3, 1, 12, tzinfo=UTC)):
        post.subscribed_club(frequency="daily", timezone="UTC")
        register(post.steward, "programmes", opens="2027-03-10", closes=None)
        assert post.send_now() == {}, "it alone is no reason for a mail"
        post.town()
        assert post.send_now() == {"sent": 1}
        (mail,) = post.server.mails()
        body = mail.get_body(("plain",))
        assert body is not None
        assert "10" in body.get_content()
        assert names_in(post) == [["Comune di Padova", "Fonds commun"]]
        assert "Comune di Padova" in str(mail["Subject"])
    with time_machine.travel(datetime(2027, 3, 9, 12, tzinfo=UTC)):
        post.begin_day()
        assert post.send_now() == {}
    with time_machine.travel(datetime(2027, 3, 10, 12, tzinfo=UTC)):
        post.begin_day()
        assert post.send_now() == {"sent": 1}
    with time_machine.travel(datetime(2027, 3, 11, 12, tzinfo=UTC)):
        post.begin_day()
        assert post.send_now() == {}
    assert names_in(post)[1:] == [["Fonds commun"]]


def test_whoever_wants_to_hear_at_once_hears_on_the_day_a_programme_opens(post: Post) -> None:
    with time_machine.travel(datetime(2027, 3, 1, 12, tzinfo=UTC)):
        post.begin_day()
        post.subscribed_club(frequency="immediately")
        register(post.steward, "programmes", opens="2027-03-10", closes=None)
        assert post.send_due() == {}
    with time_machine.travel(datetime(2027, 3, 10, 0, 1, tzinfo=UTC)):
        post.begin_day()
        assert post.send_due() == {"sent": 1}


def test_a_mail_says_that_nobody_confirmed_a_programme(post: Post) -> None:
    post.subscribed_club(language="en")
    programme = register(post.steward, "programmes", closes=None)
    make_older(post.installation, programme["id"], 400)
    assert post.send_now() == {"sent": 1}
    (mail,) = post.server.mails()
    for kind in ("plain", "html"):
        body = mail.get_body((kind,))
        assert body is not None
        assert "whether it is still open" in body.get_content().replace("\n", " ")


def test_the_points_of_a_mail_add_up(post: Post) -> None:
    post.subscribed_club(language="en")
    post.town()
    post.send_now()
    (mail,) = post.server.mails()
    body = mail.get_body(("plain",))
    assert body is not None
    [line] = [each for each in body.get_content().splitlines() if "of 100 points" in each]
    (total, whole), *parts = [tuple(map(int, pair)) for pair in re.findall(r"(\d+) of (\d+)", line)]
    assert sum(points for points, _ in parts) == total
    assert sum(most for _, most in parts) == whole == 100
    assert all(points <= most for points, most in parts)
