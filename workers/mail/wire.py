"""How a mail is written down: RFC 5322, with list headers left as they are.

Python's policies fold a long address in ``List-Unsubscribe`` into encoded words, which breaks one-click
unsubscribing (RFC 8058, RFC 2369): those headers stay on one line.
"""

from email.policy import EmailPolicy

UNFOLDED = ("list-unsubscribe", "list-unsubscribe-post")


class WirePolicy(EmailPolicy):
    """SMTP's line ends, 7-bit bodies, list headers unfolded."""

    def fold(self, name: str, value: str) -> str:
        """One header as text."""
        return _on_one_line(name, value) if name.lower() in UNFOLDED else super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        """One header as bytes."""
        if name.lower() in UNFOLDED:
            return _on_one_line(name, value).encode("ascii")
        return super().fold_binary(name, value)


def _on_one_line(name: str, value: str) -> str:
    return f"{name}: {value}\r\n"


WIRE = WirePolicy(linesep="\r\n", cte_type="7bit", max_line_length=76)
