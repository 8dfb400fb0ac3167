"""The four languages of every text a person reads, and texts given in one or several languages."""

from enum import StrEnum
from typing import Annotated

from babel.core import negotiate_locale
from pydantic import Field, StringConstraints


class Language(StrEnum):
    """A language that Passerelle speaks (ISO 639-1)."""

    FR = "fr"
    EN = "en"
    ES = "es"
    IT = "it"


LANGUAGE_NAMES: dict[Language, str] = {
    Language.FR: "Français",
    Language.EN: "English",
    Language.ES: "Español",
    Language.IT: "Italiano",
}
"""Each language in its own words."""

LanguageTag = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
"""An ISO 639 code: any language in which an organisation may write."""

LongText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20_000)]
ShortText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
LocalisedText = LongText | Annotated[dict[LanguageTag, LongText], Field(min_length=1, max_length=30)]
"""A text, or the same text by language: ``"…"`` or ``{"fr": "…", "en": "…"}``."""

LocalisedName = ShortText | Annotated[dict[LanguageTag, ShortText], Field(min_length=1, max_length=30)]
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


def negotiate(header: str | None, default: Language) -> Language:
    """The best of our languages for an ``Accept-Language`` header (RFC 9110, quality values respected)."""
    wanted = [
        tag for tag, quality in sorted(_preferences(header or ""), key=lambda item: -item[1]) if quality
    ]
    found = negotiate_locale([tag.split("-")[0] for tag in wanted], list(Language))
    return Language(found) if found else default


def _preferences(header: str) -> list[tuple[str, float]]:
    preferences = []
    for part in header[:500].split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            preferences.append((tag.strip().lower(), float(quality) if quality else 1.0))
        except ValueError:
            continue
    return preferences
