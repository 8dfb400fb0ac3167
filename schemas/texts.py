"""Texts as people send them, folded into the form in which they are kept.

What no text may hold at all, such as control characters, is refused where it comes in (:mod:`schemas.inputs`).
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from schemas.language import Language
from schemas.translation import note

NEEDLESS_SPACE = re.compile(r"[^\S\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]+")
LINE_BREAK = re.compile("\r\n|[\r\x0b\x0c\x85\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}]")
"""Line breaks other than a line feed; word processors write some of them."""
UNSEEN = re.compile("[\N{SOFT HYPHEN}\N{ZERO WIDTH SPACE}\N{WORD JOINER}\N{ZERO WIDTH NO-BREAK SPACE}]")
"""Characters without width that say nothing; joiners, which belong to some scripts, stay."""
BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and signs of Unicode that look like a space."""


def shortened(text: str, most: int) -> str:
    """A text of at most so many characters; an ellipsis stands for what is left out."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def on_one_line(text: str) -> str:
    """A text without line breaks and without needless spaces; no-break spaces stay, which belong to its language."""
    return NEEDLESS_SPACE.sub(" ", UNSEEN.sub("", text)).strip()


def on_lines(text: str) -> str:
    """A text whose lines end in line feeds, whatever they ended in."""
    return LINE_BREAK.sub("\n", UNSEEN.sub("", text))


def _folding(fold: Callable[[str], str]) -> BeforeValidator:
    return BeforeValidator(lambda value: fold(value) if isinstance(value, str) else value)


def _seen(text: str) -> str:
    if text and not any(
        unicodedata.category(sign)[0] in "LNPS" and sign not in BLANK_LETTERS for sign in text
    ):
        raise ValueError(note("Give a text that can be seen."))
    return text


def _name(text: str) -> str:
    if not any(sign.isalnum() and sign not in BLANK_LETTERS for sign in text):
        raise ValueError(note("Give a name with at least one letter or digit."))
    return text


ONE_LINE = _folding(on_one_line)
"""For texts of one line."""
LINES = _folding(on_lines)
"""For texts of several lines."""
SEEN = AfterValidator(_seen)
"""For texts that must not look empty."""
NAMING = AfterValidator(_name)
"""For names: there is a letter or a digit in them."""

LanguageTag = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
"""An ISO 639 code: any language in which an organisation may write."""

LongText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20_000), LINES]
ShortText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300), SEEN, ONE_LINE
]
Name = Annotated[ShortText, NAMING]
LocalisedText = LongText | Annotated[dict[LanguageTag, LongText], Field(min_length=1, max_length=30)]
"""A text, or the same text by language: ``"…"`` or ``{"fr": "…", "en": "…"}``."""

LocalisedName = Name | Annotated[dict[LanguageTag, Name], Field(min_length=1, max_length=30)]
"""A name, or the same name by language; never empty."""


def text_in(text: LocalisedText | None, language: Language) -> str:
    """The text in this language, or in the nearest one that it exists in; empty when there is none."""
    if text is None or isinstance(text, str):
        return text or ""
    for wanted in (language, *Language):
        if text.get(wanted):
            return text[wanted]
    return next(iter(text.values()))


def all_texts(text: LocalisedText | None) -> list[str]:
    """Every version of a text, in order of their languages: some databases keep no other."""
    if text is None:
        return []
    return [text] if isinstance(text, str) else [text[language] for language in sorted(text)]
