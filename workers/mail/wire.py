"""How a mail is written down: RFC 5322, where Python's policies do not do what readers and mail servers need.

They fold a long address in ``List-Unsubscribe`` into encoded words, which breaks one-click unsubscribing (RFC 8058,
RFC 2369): those headers stay on one line. And they lose or double spaces between the encoded words of a long subject.
"""

from email.header import Header
from email.policy import EmailPolicy

UNFOLDED = ("list-unsubscribe", "list-unsubscribe-post")
SUBJECT = "subject"


class WirePolicy(EmailPolicy):
    """SMTP's line ends, 7-bit bodies, list headers unfolded, subjects with the spaces that they have."""

    def fold(self, name: str, value: str) -> str:
        """One header as text."""
        if name.lower() in UNFOLDED:
            return f"{name}: {value}{self.linesep}"
        if name.lower() == SUBJECT and not value.isascii():
            folded = Header(value, "utf-8", self.max_line_length, name).encode(linesep=self.linesep)
            return f"{name}: {folded}{self.linesep}"
        text: str = super().fold(name, value)
        return text

    def fold_binary(self, name: str, value: str) -> bytes:
        """One header as bytes."""
        if name.lower() in (*UNFOLDED, SUBJECT):
            return self.fold(name, value).encode("ascii")
        return super().fold_binary(name, value)


WIRE = WirePolicy(linesep="\r\n", cte_type="7bit", max_line_length=76)
