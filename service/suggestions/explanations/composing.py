"""Explanations of the suggestions of one list: what only one candidate has first, and nothing said twice."""

from collections import Counter
from collections.abc import Iterator, Sequence
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


@dataclass(frozen=True, slots=True)
class _Told:
    """A reason in words, and in fewer."""

    reason: Reason
    text: str
    shorter: str | None

    def fitting(self, room: int) -> str | None:
        """The fullest way to say it in so many words, if there is one."""
        ways = (way for way in (self.text, self.shorter) if way is not None)
        return next((way for way in ways if _length(way) <= room), None)


def compose(reasons: Sequence[Sequence[Reason]], words: Words) -> list[Explanation]:
    """The explanations of a list, from the reasons of each suggestion in the order of the list."""
    told = [[_told(reason, words) for reason in each] for each in _each_partner_once(reasons)]
    frequency = Counter(text for each in told for text in {one.text for one in each})
    return [_explanation(each, frequency) for each in told]


def _told(reason: Reason, words: Words) -> _Told:
    return _Told(reason, words.say(reason.sentence), words.say(reason.shorter) if reason.shorter else None)


def _each_partner_once(reasons: Sequence[Sequence[Reason]]) -> Iterator[list[Reason]]:
    """A partner is introduced where it is named first; after that, its name is enough."""
    named: set[str] = set()
    for each in reasons:
        yield [_repeated(reason) if reason.partner in named else reason for reason in each]
        named |= {reason.partner for reason in each if reason.partner}


def _repeated(reason: Reason) -> Reason:
    return replace(reason, sentence=reason.again or reason.sentence, shorter=None, is_weak=True)


def _explanation(told: Sequence[_Told], frequency: Counter[str]) -> Explanation:
    notice = next((one.text for one in told if one.reason.topic is Topic.NOTICE), None)
    reasons = sorted(
        (one for one in told if one.reason.topic not in (Topic.NOTICE, Topic.PREFERENCE)),
        key=lambda one: (
            one.reason.topic is not Topic.TOGETHER,
            one.reason.is_weak,
            frequency[one.text],
        ),
    )
    chosen = _chosen(reasons, notice)
    return Explanation(
        tuple(chosen), notice, tuple(one.text for one in told if one.text not in (*chosen, notice))
    )


def _chosen(reasons: Sequence[_Told], notice: str | None) -> list[str]:
    """The sentences that are read at a glance, in few words: the first reason in any case, and a second beside no notice."""
    beside = [notice] if notice else []
    chosen: list[str] = []
    for one in reasons:
        way = one.fitting(MAX_WORDS - sum(map(_length, (*chosen, *beside))))
        if way or not chosen:
            chosen.append(way or one.shorter or one.text)
        if len(chosen) + len(beside) == MAX_SENTENCES:
            break
    return chosen


def _length(sentence: str) -> int:
    """How many words a sentence has; punctuation between spaces is none."""
    return sum(any(character.isalnum() for character in word) for word in sentence.split())
