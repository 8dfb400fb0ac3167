"""Sending digests: claim one, note that it is about to be handed over, hand it over, note that it was.

A process that ends between handing over and noting leaves ``sending_since`` behind. Whoever finds it sends the
digest again, because a mail that comes twice is better than one that never comes, and says so in the row.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Literal, Protocol
from uuid import UUID

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from service.clock import now
from service.db.session import unit_of_work
from service.db.tables import Digest
from service.digests import repository
from service.digests.confirmations import questions_to
from service.digests.contents import Letter, letter_for
from service.digests.opt_in import OptInLetter, opt_in_letter
from service.digests.preparing import worth_a_mail
from service.digests.refusals import Refusal, RefusalsInARow
from service.digests.states import end, is_paused
from service.health.measurement_repository import measure
from service.leases import let_go, take, this_process

LOG = structlog.stdlib.get_logger("passerelle.digests")
FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=4)
GIVEN_UP_AFTER = timedelta(hours=48)
LONGEST_TEXT = 500
SENDING_LEASE = timedelta(minutes=15)
"""Longer than a mail server can keep us waiting for one mail: ten minutes after its last dot alone (RFC 5321)."""
UNCERTAIN_RETRY = timedelta(hours=1)
"""How long to wait with a second copy of a mail that may have been taken; four times as long with each one more."""
MOST_COPIES = 3
"""How many copies of a mail may be under way where nobody knows whether one was taken."""
REST_AFTER_REFUSALS = timedelta(minutes=5)
"""How long nothing is sent once a mail server has refused everybody."""
PATIENCE_SECONDS = (0.5, 1, 2, 4, 8, 16)


Cause = Literal["address", "configuration", "internal", "interrupted", "refused", "temporary", "unreachable"]
"""The classes of failure."""


class Carrier(Protocol):
    """Takes letters to where they go."""

    def send(self, letter: Letter | OptInLetter) -> None:
        """Hand over one letter; raises ``DeliveryError``."""

    def rest(self) -> None:
        """Nothing more is to be sent for now."""


class DeliveryError(Exception):
    """A mail that was not delivered. ``cause`` is a class of failure, the text is what the server said."""

    def __init__(self, cause: Cause, text: str) -> None:
        super().__init__(text)
        self.cause: Cause = cause
        self.text = text[:LONGEST_TEXT]


class RefusedError(DeliveryError):
    """The address, or the mail, is refused for good (SMTP 5xx)."""


class NotWantedError(DeliveryError):
    """The mail is refused for our own sake (SMTP 5xx): relaying, policy, our address. It says nothing of the mailbox."""


class TemporaryError(DeliveryError):
    """It may work later (SMTP 4xx)."""


class NoServerError(TemporaryError):
    """The mail server cannot be reached or does not want us at all: no other mail would fare better now."""


class UncertainError(TemporaryError):
    """The connection broke while the server held the mail: it may have taken it."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A digest in the hands of this process."""

    digest: UUID
    letter: Letter | OptInLetter
    refused_before: bool


class Delivery:
    """Sends what is due, one after the other; several processes share the digests by lease."""

    def __init__(self, engine: Engine, carrier: Carrier, *, stopping: threading.Event | None = None) -> None:
        self._engine, self._carrier = engine, carrier
        self._stopping = stopping or threading.Event()
        self._refusals = RefusalsInARow()
        self._rests_until: datetime | None = None

    def run_waiting(self) -> Counter[str]:
        """Send all that is due; how many were sent, failed, dropped or put off."""
        outcomes: Counter[str] = Counter()
        if self._rests_until is not None and now() < self._rests_until:
            return outcomes
        try:
            while not self._stopping.is_set() and (outcome := self._next()) is not None:
                if outcome == "sent":
                    outcomes += self._settle_refusals()
                if outcome != "refused":
                    outcomes[outcome] += 1
                if outcome == "no server":
                    break
        finally:
            outcomes += self._settle_refusals()
            self._carrier.rest()
        return outcomes

    def _settle_refusals(self) -> Counter[str]:
        """End the subscriptions whose mailboxes have refused, and leave the others for later; how many of each."""
        certain, others = self._refusals.settle()
        for refusal in certain:
            self._patiently(partial(self._end, refusal))
        return +Counter({"failed": len(certain), "put off": others})

    def _end(self, refusal: Refusal) -> str:
        with unit_of_work(self._engine) as session:
            digest = repository.held_digest(session, refusal.digest)
            if digest is not None and digest.state == "waiting" and digest.failure_class == "refused":
                _refuse(session, digest, refusal.said, now())
        return "failed"

    def _note_refusal(self, claimed: Claimed, error: DeliveryError) -> str:
        """Remember a refusal until it is known whether others are refused as well."""
        self._refusals.add(
            Refusal(
                claimed.digest,
                claimed.letter.to.rpartition("@")[2].lower(),
                error.text,
                of_mailbox=isinstance(error, RefusedError),
                again=claimed.refused_before,
            )
        )
        if not self._refusals.of_everybody:
            return "refused"
        LOG.error(
            "the mail server refuses everybody; nothing is sent for a while",
            code=error.text.partition(" ")[0],
        )
        self._refusals.settle()
        self._rests_until = now() + REST_AFTER_REFUSALS
        return "no server"

    def _next(self) -> str | None:
        """Send the digest that has been due longest; what became of it, or ``None`` when none is due."""
        with unit_of_work(self._engine) as session:
            digest = repository.next_free(session, now())
            claimed = _claim(session, digest, now()) if digest else None
        return self._hand_over(claimed) if isinstance(claimed, Claimed) else claimed

    def _hand_over(self, claimed: Claimed) -> str:
        begun = time.perf_counter()
        error: DeliveryError | None = None
        try:
            self._carrier.send(claimed.letter)
        except DeliveryError as raised:
            error = raised
        except Exception as raised:
            LOG.exception("a digest could not be written", digest=str(claimed.digest))
            error = TemporaryError("internal", type(raised).__name__)
        seconds = time.perf_counter() - begun
        outcome = self._patiently(lambda: self._write_down(claimed, error, seconds))
        LOG.info("digest " + outcome, digest=str(claimed.digest), failure=error.cause if error else None)
        if isinstance(error, RefusedError | NotWantedError) and outcome == "put off":
            return self._note_refusal(claimed, error)
        return outcome

    def _write_down(self, claimed: Claimed, error: DeliveryError | None, seconds: float) -> str:
        with unit_of_work(self._engine) as session:
            digest = repository.held_digest(session, claimed.digest)
            if digest is None or digest.lease_owner != this_process():
                return "lost"
            outcome = _note(session, digest, error, now())
            measure(session, f"digest_{outcome.replace(' ', '_')}", seconds, now())
            return outcome

    def _patiently(self, write_down: Callable[[], str]) -> str:
        """A mail is out and only the note is missing: a database that restarts is waited for."""
        for pause in PATIENCE_SECONDS:
            try:
                return write_down()
            except DBAPIError as error:
                LOG.warning("a digest is still to be noted", failure=type(error).__name__)
                time.sleep(pause)
        return write_down()


def _claim(session: Session, digest: Digest, now: datetime) -> Claimed | str:
    """Hold a digest and note that it is about to be handed over; or what became of it where it is not."""
    write = _writing(session, digest, now)
    if write is None:
        digest.state = "dropped"
        let_go(digest)
        session.add(digest)
        repository.release_items(session, digest.id)
        return "dropped"
    if digest.sending_since is not None and _has_enough_copies(session, digest):
        return "failed"
    digest.attempts += 1
    refused_before = digest.failure_class == "refused"
    try:
        letter = write()
    except DBAPIError:
        raise
    except Exception as error:
        # One digest that cannot be put into words must not keep the others waiting.
        LOG.exception("a digest could not be put into words", digest=str(digest.id))
        return _note(session, digest, TemporaryError("internal", type(error).__name__), now)
    digest.perhaps_twice = digest.perhaps_twice or digest.sending_since is not None
    digest.sending_since = now
    take(digest, now, SENDING_LEASE)
    session.add(digest)
    return Claimed(digest.id, letter, refused_before)


def _writing(session: Session, digest: Digest, now: datetime) -> Callable[[], Letter | OptInLetter] | None:
    """What puts a digest into words; ``None`` where there is nothing to say any more, or nobody to say it to."""
    subscription = repository.subscription_by_id(session, digest.subscription_id, to_change=True)
    if subscription is None:
        return None
    if digest.purpose == "opt_in":
        return (
            partial(opt_in_letter, digest.id, subscription) if subscription.state == "unconfirmed" else None
        )
    if subscription.state != "active" or is_paused(subscription, now):
        return None
    organisation = subscription.organisation_number
    suggestions = worth_a_mail(repository.suggestions_in(session, digest, organisation))
    questions = questions_to(session, organisation, now)
    if not (suggestions or questions.any):
        return None
    return partial(letter_for, session, subscription, digest.id, suggestions, now.date(), questions)


def _has_enough_copies(session: Session, digest: Digest) -> bool:
    """Count a copy that may have been taken; whether there may be no more. What was taken is never new again."""
    digest.copies += 1
    if digest.copies < MOST_COPIES:
        return False
    digest.state = "failed"
    digest.failure_class = digest.failure_class or "interrupted"
    let_go(digest)
    session.add(digest)
    return True


def _note(session: Session, digest: Digest, error: DeliveryError | None, now: datetime) -> str:
    """Write down how the handing over ended."""
    let_go(digest)
    if not isinstance(error, UncertainError):
        digest.sending_since = None
    digest.failure_class, digest.failure = (error.cause, error.text) if error else (None, None)
    session.add(digest)
    if error is None:
        digest.state, digest.sent_at = "sent", now
        return "sent"
    uncertain = isinstance(error, UncertainError)
    digest.due_at = now + (UNCERTAIN_RETRY * 4**digest.copies if uncertain else pause_after(digest))
    if digest.due_at > digest.created_at + GIVEN_UP_AFTER:
        digest.state = "failed"
        if not uncertain and not digest.copies:
            repository.release_items(session, digest.id)
        return "failed"
    return "no server" if isinstance(error, NoServerError) else "put off"


def _refuse(session: Session, digest: Digest, said: str, now: datetime) -> None:
    digest.state = "failed"
    repository.release_items(session, digest.id)
    subscription = repository.subscription_by_id(session, digest.subscription_id, to_change=True)
    if subscription is not None and subscription.state != "ended":
        end(subscription, "refused", now, said)
        subscription.version += 1
        session.add(subscription)


def pause_after(digest: Digest) -> timedelta:
    """How long to wait after the attempts so far: twice as long each time, spread so that not all return at once."""
    spread = 0.8 + 0.4 * (digest.id.int % 1000) / 1000
    return min(FIRST_RETRY * 2.0 ** (digest.attempts - 1), LONGEST_RETRY) * spread
