"""Explanations of the suggestions of one list: what only one candidate has first, and nothing said twice."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from schemas.wording import Words
from service.suggestions.explanations.reasons import Reason, Topic

MAX_SENTENCES = 2
MAX_WORDS = 30
"""An explanation is read at a glance: its sentences have no more words than this together, as long as names allow."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """One or two sentences, of which the last may be a notice, and what else there is to say."""

    reasons: tuple[str, ...]
    notice: str | None
    details: tuple[str, ...]

    @property
    def text(self) -> str:
        """All of the sentences."""
        return " ".join([*self.reasons, *([self.notice] if self.notice else [])])


def compose(reasons: Sequence[Sequence[Reason]], words: Words) -> list[Explanation]:
    """The explanations of a list, from the reasons of each suggestion in the order of the list."""
    told = _each_partner_once(reasons)
    frequency = Counter(
        sentence for each in told for sentence in {words.say(reason.sentence) for reason in each}
    )
    return [_explanation(each, words, frequency) for each in told]


def _each_partner_once(reasons: Sequence[Sequence[Reason]]) -> list[list[Reason]]:
    """A partner is introduced where it is named first; after that, its name is enough."""
    named: set[str] = set()
    told = []
    for each in reasons:
        told.append([_repeated(reason) if reason.partner in named else reason for reason in each])
        named |= {reason.partner for reason in each if reason.partner}
    return told


def _repeated(reason: Reason) -> Reason:
    return replace(reason, sentence=reason.again or reason.sentence, shorter=None, is_weak=True)


def _explanation(reasons: Sequence[Reason], words: Words, frequency: Counter[str]) -> Explanation:
    notices = [reason for reason in reasons if reason.topic is Topic.NOTICE]
    ordered = sorted(
        (reason for reason in reasons if reason.topic not in (Topic.NOTICE, Topic.PREFERENCE)),
        key=lambda reason: (
            reason.topic is not Topic.TOGETHER,
            reason.is_weak,
            frequency[words.say(reason.sentence)],
        ),
    )
    chosen = _chosen(ordered, notices, words)
    full = [words.say(reason.sentence) for reason in reasons]
    notice = next(
        (sentence for sentence in map(words.say, (n.sentence for n in notices)) if sentence in chosen), None
    )
    return Explanation(
        tuple(sentence for sentence in chosen if sentence != notice),
        notice,
        tuple(sentence for sentence in full if sentence not in chosen),
    )


def _chosen(ordered: Sequence[Reason], notices: Sequence[Reason], words: Words) -> list[str]:
    """Two sentences in as few words as are read at a glance: the first reason, then a notice or else a second reason."""
    said = [words.say(notice.sentence) for notice in notices[:1]]
    chosen: list[str] = []
    for reason in ordered:
        room = MAX_WORDS - sum(map(_length, (*chosen, *said)))
        ways = [words.say(way) for way in (reason.sentence, reason.shorter) if way is not None]
        fitting = [way for way in ways if _length(way) <= room]
        if fitting or not chosen:
            chosen.append((fitting or ways[-1:])[0])
        if len(chosen) + len(said) == MAX_SENTENCES:
            break
    return [*chosen, *said]


def _length(sentence: str) -> int:
    """How many words a sentence has; punctuation between spaces is none."""
    return sum(any(character.isalnum() for character in word) for word in sentence.split())
