"""What a refusal means: that a mailbox is not there, or that a mail server does not want us.

Only the first ends a subscription. A refusal that speaks of relaying, policy or the sender is our own fault, and so is one
that hits many recipients in a row, whatever it says (RFC 3463 has the codes).
"""

import re
from typing import NamedTuple
from uuid import UUID

ENHANCED_CODE = re.compile(r"\b5\.(?P<subject>[0-9]{1,3})\.(?P<detail>[0-9]{1,3})\b")
SENDER_DETAILS = ("7", "8")
"""Of codes 5.1.x, those that speak of the sender's address."""
NOT_OF_THE_MAILBOX = ("3", "4", "5", "7")
"""Mail system, network, protocol, and security or policy."""
NOT_WANTED = re.compile(
    r"relay|policy|policies|sender|spam|unsolicited|block ?list|blacklist|reputation|authenti|\bspf\b|\bdkim\b|\bdmarc\b"
    r"|access denied|not permitted|not allowed|banned",
    re.IGNORECASE,
)
MOST_IN_A_ROW = 5
"""After so many refusals in a row, of several domains, the server refuses everybody."""
MOST_OF_ONE_DOMAIN = 10
DOMAINS = 3


def is_our_fault(said: str) -> bool:
    """Whether a refusal (SMTP 5xx) speaks of us rather than of the mailbox that was written to."""
    code = ENHANCED_CODE.search(said)
    if code is None or code["subject"] == "0":
        return NOT_WANTED.search(said) is not None
    return code["subject"] in NOT_OF_THE_MAILBOX or (
        code["subject"] == "1" and code["detail"] in SENDER_DETAILS
    )


class Refusal(NamedTuple):
    """A digest that was refused: at which domain, whether for the mailbox's sake, and whether that was said before."""

    digest: UUID
    domain: str
    said: str
    of_mailbox: bool
    again: bool


class RefusalsInARow:
    """The refusals since a mail was last taken."""

    def __init__(self) -> None:
        self._row: list[Refusal] = []

    def add(self, refusal: Refusal) -> None:
        """One more."""
        self._row.append(refusal)

    @property
    def of_everybody(self) -> bool:
        """Whether they are so many that the server must refuse everybody."""
        domains = {refusal.domain for refusal in self._row}
        return len(self._row) >= (MOST_IN_A_ROW if len(domains) >= DOMAINS else MOST_OF_ONE_DOMAIN)

    def settle(self) -> tuple[list[Refusal], int]:
        """Those that are certain to be of their mailboxes, and how many others there were; forgets them all.

        One by itself is certain. Of several in a row only those are that were refused on another day already.
        """
        alone = len(self._row) == 1
        certain = [refusal for refusal in self._row if refusal.of_mailbox and (alone or refusal.again)]
        others = len(self._row) - len(certain)
        self._row = []
        return certain, others
