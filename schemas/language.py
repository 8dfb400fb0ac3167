"""The four languages of every text a person reads."""

from enum import StrEnum

from babel.core import negotiate_locale


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
