"""A mail server that misbehaves ends nobody's subscription, and gets no copy after the other."""

import time
from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from sqlmodel import Session, select

from bench.harness.mail_server import HANG_UP
from service.clock import now
from service.db.tables import DigestItem, Subscription
from service.digests.delivering import NoServerError
from service.digests.refusals import Refusal, RefusalsInARow, is_our_fault
from tests.workers.subscribers import Post
from workers.mail import sending
from workers.mail.sending import MailServer

SUBSCRIBERS = 8


def crowd(post: Post, domains: int = SUBSCRIBERS) -> None:
    """Subscribers at several domains, and something to tell them."""
    for number in range(SUBSCRIBERS):
        club, member = post.club(key=f"c{number}", name=f"Club {number}", contact_email=None)
        address = f"club{number}@d{number % domains}.example.org"
        post.subscribe(club, member, email=address)
    post.town()


def states(post: Post) -> Counter[str]:
    """How many subscriptions there are in each state."""
    with Session(post.engine) as session:
        return Counter(session.exec(select(Subscription.state)))


@pytest.mark.parametrize(
    ("phase", "said"),
    [
        ("answer_rcpt", "550 Requested action not taken"),
        ("answer_rcpt", "550 5.1.1 No such user"),
        ("answer_rcpt", "554 5.7.1 Relay access denied"),
        ("answer_data", "550 5.7.1 Rejected by policy"),
        ("answer_data", "554 Transaction failed"),
    ],
)
def test_a_server_that_refuses_everybody_for_a_while_ends_nobody(
    embedded_post: Post, phase: str, said: str
) -> None:
    crowd(embedded_post)
    setattr(embedded_post.server, phase, lambda _to: said)
    delivery = embedded_post.delivery()
    embedded_post.make_now()
    assert delivery.run_waiting() == {"no server": 1}
    assert delivery.run_waiting() == {}, "nothing is sent for a while"
    assert states(embedded_post) == {"active": SUBSCRIBERS}
    setattr(embedded_post.server, phase, lambda _to: "250 OK")
    with time_machine.travel(now() + timedelta(hours=1), tick=True):
        assert delivery.run_waiting() == {"sent": SUBSCRIBERS}
    assert states(embedded_post) == {"active": SUBSCRIBERS}


def test_a_refusal_for_our_own_sake_ends_nobody_even_alone(embedded_post: Post) -> None:
    embedded_post.server.answer_data = lambda _to: "550 5.7.1 SPF check failed"
    embedded_post.subscribed_club()
    embedded_post.town()
    assert embedded_post.send_now() == {"put off": 1}
    assert embedded_post.digests()[0].failure_class == "configuration"
    assert states(embedded_post) == {"active": 1}


def test_dead_mailboxes_side_by_side_end_when_they_refuse_again(embedded_post: Post) -> None:
    crowd(embedded_post)
    tried: list[str] = []

    def answer(to: str) -> str:
        tried.extend([to] if to not in tried else [])
        return "550 5.1.1 Unknown" if tried.index(to) in (2, 3) else "250 OK"

    embedded_post.server.answer_rcpt = answer
    assert embedded_post.send_now() == {"sent": SUBSCRIBERS - 2, "put off": 2}
    with time_machine.travel(now() + timedelta(hours=1), tick=True):
        assert embedded_post.deliver() == {"failed": 2}
    assert states(embedded_post) == {"active": SUBSCRIBERS - 2, "ended": 2}


def test_a_server_that_thinks_long_after_the_last_dot_gets_one_copy(
    embedded_post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "TIMEOUT_SECONDS", 0.5)

    def think(_to: str) -> str:
        time.sleep(1)
        return "250 OK"

    embedded_post.server.answer_data = think
    embedded_post.subscribed_club()
    embedded_post.town()
    assert embedded_post.send_now() == {"sent": 1}
    assert len(embedded_post.server.received) == 1


def test_a_mail_of_which_nobody_knows_whether_it_came_is_sent_three_times_at_most(
    embedded_post: Post,
) -> None:
    embedded_post.server.answer_data = lambda _to: HANG_UP
    embedded_post.subscribed_club()
    embedded_post.town()
    embedded_post.send_now()
    pauses = []
    for _ in range(6):
        (digest,) = embedded_post.digests()
        if digest.state != "waiting":
            break
        pauses.append(digest.due_at - now())
        with time_machine.travel(digest.due_at, tick=False):
            embedded_post.deliver()
    (digest,) = embedded_post.digests()
    assert (digest.state, digest.failure_class, digest.copies) == ("failed", "interrupted", 3)
    assert pauses[0] > timedelta(minutes=55)
    assert pauses == sorted(pauses)
    with Session(embedded_post.engine) as session:
        assert len(session.exec(select(DigestItem)).all()) == 1, "it may have been read: it is not new again"
    embedded_post.server.answer_data = lambda _to: "250 OK"
    with time_machine.travel(now() + timedelta(days=3), tick=True):
        assert embedded_post.send_now() == {}


def test_the_check_of_a_server_asks_for_our_sender(embedded_post: Post) -> None:
    server = MailServer(embedded_post.server.url)
    assert "250" in server.check("Passerelle <passerelle@example.org>")
    embedded_post.server.answer_mail = "550 5.7.1 Not for you"
    with pytest.raises(NoServerError, match="Not for you"):
        server.check("Passerelle <passerelle@example.org>")


@pytest.mark.parametrize(
    ("said", "ours"),
    [
        ("550 5.1.1 No such user here", False),
        ("550 5.2.1 Mailbox disabled", False),
        ("552 5.2.2 Mailbox full", False),
        ("550 No such user", False),
        ("554 5.6.0 Not wanted", False),
        ("550 5.7.1 Delivery not authorized", True),
        ("550 5.1.8 Bad sender's system address", True),
        ("554 5.7.1 <x@example.org>: Relay access denied", True),
        ("550 relaying prohibited", True),
        ("550 Blocked, see our blocklist", True),
        ("503 5.5.1 Bad sequence", True),
        ("550 5.0.0 Sender rejected", True),
    ],
)
def test_what_speaks_of_us_is_told_from_what_speaks_of_a_mailbox(said: str, ours: bool) -> None:
    assert is_our_fault(said) is ours


def test_many_refusals_in_a_row_are_of_everybody() -> None:
    def row(count: int, domains: int) -> RefusalsInARow:
        found = RefusalsInARow()
        for number in range(count):
            found.add(Refusal(None, f"d{number % domains}", "550", True, False))  # type: ignore[arg-type]  # of no account
        return found

    assert not row(4, 4).of_everybody
    assert row(5, 3).of_everybody
    assert not row(9, 2).of_everybody
    assert row(10, 1).of_everybody
    assert [len(part) if isinstance(part, list) else part for part in row(1, 1).settle()] == [1, 0]
    assert [len(part) if isinstance(part, list) else part for part in row(2, 2).settle()] == [0, 2]
