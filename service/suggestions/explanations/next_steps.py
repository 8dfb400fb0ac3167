"""What holds for all suggestions of a list, said once above it: what to do next, and that nothing is promised."""

from collections.abc import Iterable, Iterator, Mapping

from matching import Side
from schemas.kinds import Kind
from schemas.translation import Message, message

NO_PROMISE = message("A good score does not guarantee funding: the funder decides.")
NEXT_STEPS: Mapping[Kind, Message] = {
    Kind.AUTHORITY: message(
        "Next step with a local authority: ask its office for associations or cooperation for a first meeting."
    ),
    Kind.PROGRAMME: message(
        "Next step with a programme: check its criteria with the funder before you prepare an application."
    ),
    Kind.ASSOCIATION: message("Next step with an association: invite its board to a first meeting."),
    Kind.PROJECT: message("Next step with a project: ask its project lead for the plan and the budget."),
}
ASK_PEERS = message("Next step with another association: ask how its first partnership began.")
GO_ON = message("Next step with those who work with you: look for a programme open to both of you.")
NAME_PLACE: Mapping[Side, Message] = {
    "origin": message(
        "Add the region or town of origin to your profile: the authorities responsible there then come first."
    ),
    "residence": message(
        "Add the region or town of residence to your profile: the authorities responsible there then come first."
    ),
}


def next_steps(
    subject: Kind,
    candidates: Iterable[Kind],
    *,
    work_together: bool = False,
    only_country: Iterable[Side] = (),
) -> Iterator[Message]:
    """The steps for each kind of candidate in a list, in the order of the kinds there.

    ``work_together`` is whether some of them work with the subject already; ``only_country`` are the sides on which the
    subject names no more than a country.
    """
    for side in sorted(only_country):
        yield NAME_PLACE[side]
    kinds = list(dict.fromkeys(candidates))
    for kind in kinds:
        is_peer = subject is kind is Kind.ASSOCIATION
        yield ASK_PEERS if is_peer else NEXT_STEPS[kind]
    if work_together:
        yield GO_ON
    if Kind.PROGRAMME in (subject, *kinds) and kinds:
        yield NO_PROMISE
