"""The preview of a draft as its reader sees it, in words."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING

from matching import HardCondition, condition_sentence, read_traits
from schemas.kinds import KIND_NAMES
from schemas.previews import (
    BackTestPublic,
    EffectPublic,
    ExposurePublic,
    GroupEffect,
    LeftOutPublic,
    PreviewPublic,
    SeenPublic,
    SidePublic,
    TurnPublic,
)
from schemas.sectors import sectors
from schemas.translation import Message, message
from service.db.tables import Profile, Ruleset
from service.profiles.records import matching_record
from service.profiles.views import reference
from service.suggestions.explanations.common_ground import common_ground
from service.suggestions.views import part_views
from service.vocabularies.wording import Wording

if TYPE_CHECKING:
    from matching import BacktestResult, LeftOut, ListChanges, PartnershipModel, Preview, RankChange

SHOWN_GROUPS = 20
"""How many territories and sectors are named: those in which most changes."""
EFFECT = message(
    "Of {lists} lists, {changed} would change: {appeared} suggestions would appear, {vanished} disappear, "
    "{moved} change rank. {emptied} lists would be left empty."
)
NO_EFFECT = message("None of {lists} lists would change.")
BY_ONE = message(
    "Nobody would be suggested any more. Each of these conditions is enough by itself: {conditions}"
)
BY_ALL = message("Nobody would be suggested any more. These conditions together cause it: {conditions}")
BY_WEIGHTS = message("Nobody would be suggested any more: with these weights, no score is high enough.")
DRAFT_IS_BETTER = message("The draft would have found more of the later partnerships.")
DRAFT_IS_WORSE = message("The draft would have found fewer of the later partnerships.")
NO_DIFFERENCE = message("No clear difference in how well the later partnerships are found.")
NOTHING_KNOWN = message("Too little is known yet to tell.")
SIZES: Mapping[str, Message] = {
    "population:0": message("less than {number} inhabitants", number=20_000),
    "population:20000": message("{least} to {most} inhabitants", least=20_000, most=100_000),
    "population:100000": message("{least} to {most} inhabitants", least=100_000, most=500_000),
    "population:500000": message("{number} inhabitants and more", number=500_000),
    "population:unknown": message("number of inhabitants unknown"),
    "members:0": message("less than 20 members"),
    "members:20": message("20 to 99 members"),
    "members:100": message("100 to 499 members"),
    "members:500": message("500 members and more"),
    "members:unknown": message("number of members unknown"),
}
NEWCOMER_NAMES: Mapping[str, Message] = {
    "yes": message("without any partnership so far"),
    "no": message("with partnerships"),
}


@dataclass(frozen=True, slots=True)
class Showing:
    """What is needed to describe a preview: the two models, who is named in it (by key), and the reader's words."""

    former: "PartnershipModel"
    draft: "PartnershipModel"
    named: Mapping[str, Profile]
    wording: Wording
    on: date

    def preview(self, found: "Preview", draft: Ruleset, against: Ruleset) -> PreviewPublic:
        """The preview of ``draft`` against other rules, without any back-test."""
        return PreviewPublic(
            ruleset=draft.id,
            against=against.id,
            subjects=found.effect.lists,
            of=found.of,
            detail=self._effect_in_words(found.effect),
            effect=EffectPublic(**asdict(found.effect)),
            groups=list(self._groups(found)),
            left_out=[self._left_out(one) for one in found.left_out if one.subject in self.named],
            exposure=ExposurePublic(
                before=SeenPublic(**asdict(found.seen_before)), after=SeenPublic(**asdict(found.seen_after))
            ),
            biggest=[
                self._turn(turn)
                for turn in found.biggest
                if turn.subject in self.named and turn.candidate in self.named
            ],
            back_test=None,
        )

    def _effect_in_words(self, effect: "ListChanges") -> str:
        return self.wording.say(Message((EFFECT if effect.changed else NO_EFFECT).text, asdict(effect)))

    def _groups(self, found: "Preview") -> Iterator[GroupEffect]:
        for group, effects in found.groups.items():
            ordered = sorted(effects.items(), key=lambda item: (-item[1].changed, item[0]))
            for value, effect in ordered[:SHOWN_GROUPS]:
                name = self._group_name(group, value)
                yield GroupEffect(group=group, value=value, name=name, **asdict(effect))

    def _group_name(self, group: str, value: str) -> str:
        if group == "territory":
            return self.wording.places([value])
        if group == "sector":
            return sectors()[value].names[self.wording.language]
        names = {"kind": KIND_NAMES, "size": SIZES, "newcomer": NEWCOMER_NAMES}[group]
        return self.wording.say(names[value])

    def _left_out(self, one: "LeftOut") -> LeftOutPublic:
        said = {rule.key: rule for rule in self.draft.settings_.conditions}
        sentence = BY_WEIGHTS if not one.conditions else BY_ONE if one.alone else BY_ALL
        conditions = " ".join(self._condition(said[key]) for key in one.conditions)
        return LeftOutPublic(
            subject=reference(self.named[one.subject], self.wording.language),
            conditions=list(one.conditions),
            alone=one.alone,
            detail=self.wording.say(Message(sentence.text, {"conditions": conditions})),
        )

    def _condition(self, rule: HardCondition) -> str:
        return self.wording.say(condition_sentence(rule.condition))

    def _turn(self, turn: "RankChange") -> TurnPublic:
        subject, candidate = self.named[turn.subject], self.named[turn.candidate]
        return TurnPublic(
            subject=reference(subject, self.wording.language),
            candidate=reference(candidate, self.wording.language),
            before=self._side(self.former, subject, candidate, turn.before),
            after=self._side(self.draft, subject, candidate, turn.after),
        )

    def _side(
        self, model: "PartnershipModel", subject: Profile, candidate: Profile, rank: int | None
    ) -> SidePublic:
        mine, theirs = matching_record(subject), matching_record(candidate)
        (item,) = model.score_pairs(mine, [candidate.key], on=self.on)
        unmet = [check for check in model.ruleset_conditions(mine, theirs, on=self.on) if check.met is False]
        if rank is None and unmet:
            sentences = [self.wording.say(check.sentence) for check in unmet]
        else:
            reasons = common_ground(item, read_traits(mine), read_traits(theirs))
            sentences = [self.wording.say(reason.sentence) for reason in reasons]
        return SidePublic(rank=rank, score=item.score, parts=part_views(item), detail=" ".join(sentences))


def back_test_view(found: "BacktestResult", wording: Wording) -> BackTestPublic:
    """A back-test, with a sentence that says no more than its interval allows."""
    gain = found.ndcg.gain
    if not found.queries:
        sentence = NOTHING_KNOWN
    elif gain.least > 0:
        sentence = DRAFT_IS_BETTER
    else:
        sentence = DRAFT_IS_WORSE if gain.most < 0 else NO_DIFFERENCE
    return BackTestPublic(**asdict(found), detail=wording.say(sentence))
