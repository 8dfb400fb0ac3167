"""One way to compare what people write: without case, accents, punctuation or script."""

import re

from anyascii import anyascii

NOT_A_LETTER_OR_DIGIT = re.compile(r"[^a-z0-9]+")


def fold(text: str) -> str:
    """Lower-case ASCII letters and digits, in words separated by single spaces: ``Île-de-France`` → ``ile de france``."""
    plain = text if text.isascii() else anyascii(text)
    return NOT_A_LETTER_OR_DIGIT.sub(" ", plain.lower()).strip()
