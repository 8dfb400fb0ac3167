"""Computed lists: stored in place of former ones, and dropped when they are outdated."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session
from sqlmodel.sql.expression import SelectOfScalar

from matching import NOT_YET_OPEN, Suggestion, is_one_sided
from service.clock import now
from service.db.session import unit_of_work, wake_after_commit
from service.db.tables import Profile, Ruleset, SuggestionList
from service.outbox.announcing import DELIVERY
from service.profiles import repository as profiles
from service.rulesets import generation_repository as generations
from service.rulesets import repository as rulesets
from service.suggestions import list_repository

SUBJECTS_AT_ONCE = 200
"""Subjects whose outdated lists are dropped in one transaction."""


def store_lists(
    session: Session,
    numbers: Sequence[int],
    subjects: Sequence[Profile],
    lists: Sequence[Sequence[Suggestion]],
    ruleset: Ruleset,
) -> None:
    """Store lists in place of the former ones of ``numbers``; those who are shown something new are written to."""
    instant, version = now(), ruleset.version or 0
    named = {key for found in lists for item in found for key in (item.candidate, *item.together_with)}
    known = list_repository.numbers_by_key(session, named)
    there = profiles.keep(session, {*numbers, *known.values()})
    former = list_repository.former_suggestions(session, numbers)
    headers, rows, with_news = [], [], set()
    for subject, found in zip(subjects, lists, strict=True):
        number = subject.number or 0
        if number not in there:
            continue
        headers.append(
            SuggestionList(
                subject_number=number,
                ruleset_version=version,
                computed_at=instant,
                one_sided=is_one_sided(item.side for item in found),
            )
        )
        still = [item for item in found if known.get(item.candidate) in there]
        for rank, item in enumerate(still, 1):
            candidate = known[item.candidate]
            before, not_yet_open = former.get((number, candidate)), item.state in NOT_YET_OPEN
            if before is None or (before.not_yet_open and not not_yet_open):
                with_news.add(number)
            rows.append(
                {
                    "subject_number": number,
                    "candidate_number": candidate,
                    "ruleset_version": version,
                    "rank": rank,
                    "score": item.score,
                    "parts": [[p.name, p.weight, p.similarity, list(p.because)] for p in item.parts],
                    "together_with": [known[key] for key in item.together_with if known.get(key) in there],
                    "not_yet_open": not_yet_open,
                    "first_seen_at": before.first_seen_at if before else instant,
                }
            )
    list_repository.replace_lists(session, version, numbers, headers, rows)
    if with_news and generations.shown_version(session) == version:
        make_digests_due(session, with_news, instant)


def make_digests_due(session: Session, subjects: set[int] | SelectOfScalar[int], instant: datetime) -> None:
    """Have those written to who want to hear of new suggestions for these profiles at once."""
    if list_repository.make_due_now(session, subjects, instant):
        wake_after_commit(session, DELIVERY)


def drop_outdated_lists(engine: Engine, before_each: Callable[[Session], None]) -> None:
    """Drop all lists but those that are shown, those to come, and those that a rollback would show again.

    ``before_each`` is called in each transaction before it drops anything.
    """
    with unit_of_work(engine) as session:
        # Whoever would go back to other rules waits until it is clear whose lists are no longer whole.
        active = rulesets.active(session, to_change=True)
        kept = {active.version, active.replaced} if active else set()
        outdated = generations.give_up(session, kept) if active else []
    for version in outdated:
        left = True
        while left:
            with unit_of_work(engine) as session:
                before_each(session)
                left = list_repository.drop_some_lists(session, version, SUBJECTS_AT_ONCE)
                if not left:
                    generations.forget(session, version)
