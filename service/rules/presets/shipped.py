"""Rules to begin with: files that come with Passerelle, each with its source."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from schemas.translation import Message, message
from service.errors import NotFound
from service.rules.files.service import about_in
from service.rules.views import RulesetFileAbout

PRESETS_FOLDER = Path(__file__).parent
NAMES: Mapping[str, tuple[Message, Message]] = {
    "balanced": (
        message("Balanced"),
        message(
            "Territory first, then activity, then track record; a new installation starts with these rules."
        ),
    ),
    "region-first": (
        message("Region first"),
        message(
            "Migration runs from region to region, not from country to country; a shared country says little."
        ),
    ),
    "three-for-one": (
        message("Match funding for hometown associations (3x1)"),
        message(
            "Legally registered hometown associations of Mexicans abroad pay a quarter of works in their home areas, "
            "and the federal government no more than its ceiling. Amounts and shares are those of 2013 to 2018; check "
            "them against the current rules."
        ),
    ),
    "redel": (
        message("Remittances and new enterprises (REDEL)"),
        message(
            "Cheaper remittances and support for new enterprises in Senegal, for migrant associations in Catalonia and"
            " communities in Senegal."
        ),
    ),
    "jmdi-consortia": (
        message("Call for consortia (JMDI)"),
        message(
            "A consortium links a partner country and the European Union, and is led by small actors: local "
            "authorities, associations, diaspora groups."
        ),
    ),
    "peers": (
        message("Associations find each other"),
        message(
            "Newcomers learn most from associations in their own migration corridor that have done it before; these "
            "are suggested beside local authorities and programmes."
        ),
    ),
    "rights-services": (
        message("Rights services"),
        message(
            "Legal information, protection at work and help in the country of origin come first; organisations that "
            "work for rights find each other."
        ),
    ),
}
"""By the name of its file, what each is called and why it is so, as the file says it."""


@dataclass(frozen=True, slots=True)
class Preset:
    """Rules to begin with: the key and the text of their file, and what it says about them."""

    key: str
    text: str
    about: RulesetFileAbout

    @property
    def name(self) -> Message:
        """What they are called."""
        return NAMES[self.key][0]

    @property
    def reason(self) -> Message:
        """Why they are so."""
        return NAMES[self.key][1]


@cache
def preset(key: str) -> Preset:
    """The rules of this key; raises ``NotFound``."""
    if key not in NAMES:
        raise NotFound(message("There is no such preset. GET /rulesets/presets lists them."))
    text = (PRESETS_FOLDER / f"{key}.yaml").read_text(encoding="utf-8")
    return Preset(key, text, about_in(text))


def presets() -> Iterator[Preset]:
    """All rules to begin with, the simplest first."""
    return map(preset, NAMES)
