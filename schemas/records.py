"""Profiles as they cross a boundary: one class a kind, shared by the API, by imports and by exports.

Names are those of the import records; amounts are :class:`schemas.money.Money`; dates are ISO 8601.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Generic, Literal, Self, get_args

from pydantic import BeforeValidator, EmailStr, Field, HttpUrl, StringConstraints, model_validator
from typing_extensions import TypeVar

from schemas.dates import Day, PartialDate
from schemas.inputs import Input
from schemas.kinds import Kind
from schemas.money import Money
from schemas.places import PlaceInput, Role
from schemas.programme_states import ProgrammeStatus
from schemas.texts import ONE_LINE, SEEN, LanguageTag, LocalisedName, LocalisedText, ShortText
from schemas.translation import Message, message, note

Record = Mapping[str, Any]
"""An import record as JSON: what a client sent, checked by the models below."""
KEY_PATTERN = "^[^\\s\u200b\u2060\ufeff]([^\\t\\n\\x0b\\f\\r\x85\u2028\u2029\u200b\u2060\ufeff]*[^\\s\u200b\u2060\ufeff])?$"
"""Texts of one line that begin and end with something seen, without characters that cannot be seen."""
Key = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=KEY_PATTERN)]

Priority = Literal["remittances", "capacities", "communities", "rights"]
SectorInput = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120), SEEN, ONE_LINE
]
Level = Literal["municipality", "intermunicipal", "province", "region", "state", "national"]
LEVELS: dict[Level, Message] = {
    "municipality": message("municipality"),
    "intermunicipal": message("union of municipalities"),
    "province": message("province or county"),
    "region": message("region"),
    "state": message("federal state"),
    "national": message("national government"),
}
"""The levels of authorities, as readers know them."""
LegalForm = Literal["association", "federation", "foundation", "cooperative", "enterprise", "informal"]
LEGAL_FORMS: dict[LegalForm, Message] = {
    "association": message("association with legal personality"),
    "federation": message("federation of associations"),
    "foundation": message("foundation"),
    "cooperative": message("cooperative"),
    "enterprise": message("social enterprise"),
    "informal": message("informal group"),
}
"""The legal forms of associations that are distinguished; what they are called by law differs from country to country."""
P = TypeVar("P", default=PlaceInput)
Places = Annotated[list[P], Field(max_length=60)]
Count = Annotated[int, Field(ge=0, le=10_000_000_000)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Address = Annotated[EmailStr, Field(max_length=254)]


WEB_ADDRESS = re.compile(r"\s*https?://(?P<authority>[^\s/?#\\]+)([/?#]|\s*$)", re.IGNORECASE)


def _plain_address(url: object) -> object:
    """An address that leads where it seems to: readers of addresses forgive more than their readers see."""
    if isinstance(url, str):
        found = WEB_ADDRESS.match(url)
        if found is None:
            raise ValueError(note("Give an address such as https://www.example.org."))
        if "@" in found["authority"]:
            raise ValueError(note("Give the address without a user name and without an @ before its host."))
    return url


Website = Annotated[HttpUrl, Field(strict=False, max_length=500), BeforeValidator(_plain_address)]


class ProfileFields(Input):
    """What every profile may say of itself."""

    name: LocalisedName
    description: LocalisedText | None = None
    languages: Annotated[list[LanguageTag], Field(max_length=20)] = []
    sectors: Annotated[list[SectorInput], Field(max_length=40)] = []
    priorities: Annotated[list[Priority], Field(max_length=4)] = []
    website: Website | None = None
    contact_email: Address | None = None


class Offers(Input):
    """What an association brings: people and skills, money, relations."""

    human: LocalisedText | None = None
    financial: LocalisedText | None = None
    social: LocalisedText | None = None


Indicator = Literal[
    "registered", "registered_since", "founded", "members", "elected_board", "published_accounts", "federated"
]
INDICATORS: tuple[Indicator, ...] = get_args(Indicator)
"""What tells how well an association stands for its members: each is shown on its own, and none is added to another."""


class Evidence(Input):
    """Where it is known from that an indicator holds, and when it was so."""

    source: ShortText
    date: PartialDate | None = None


class OrganisationFields(ProfileFields):
    """What an association or an authority may say of itself."""

    max_open_introductions: Annotated[
        int | None,
        Field(ge=0, le=1_000, description="How many it can get to know at a time; without it, any number."),
    ] = None


class AssociationFields(OrganisationFields, Generic[P]):
    """A migrant or diaspora association: where its members come from and where they live."""

    origin: Places[P] = []
    residence: Places[P] = []
    founded: PartialDate | None = None
    legal_form: LegalForm | None = None
    registered: bool | None = None
    registered_since: PartialDate | None = None
    registration_number: ShortText | None = None
    members: Count | None = None
    elected_board: bool | None = None
    published_accounts: bool | None = None
    federated: bool | None = None
    evidence: Annotated[dict[Indicator, Evidence], Field(max_length=len(INDICATORS))] = {}
    offers: Offers | None = None
    needs: LocalisedText | None = None

    @model_validator(mode="after")
    def _registered_if_since(self) -> Self:
        if self.registered is False and self.registered_since:
            raise ValueError(
                note("A date of registration is given for an association that is not legally registered.")
            )
        return self


class AuthorityFields(OrganisationFields, Generic[P]):
    """A local, regional or national authority, on the side of origin, of residence, or both."""

    territory: P
    level: Level | None = None
    role: Role | None = None
    population: Count | None = None
    needs: LocalisedText | None = None


class CofinancingShare(Input):
    """The part of a project's budget that one party pays, between 0 and 1."""

    party: ShortText
    share: Share


class ProgrammeFields(ProfileFields, Generic[P]):
    """A funding or support programme: whom it is open to, where, when, and with how much."""

    operator: ShortText | None = None
    mechanism: ShortText | None = None
    origin: Places[P] = []
    residence: Places[P] = []
    applicants: Annotated[list[ShortText], Field(max_length=20)] = []
    status: ProgrammeStatus | None = None
    opens: Day | None = None
    closes: Day | None = None
    budget: Money | None = None
    project_min: Money | None = None
    project_max: Money | None = None
    cofinancing: Annotated[list[CofinancingShare], Field(max_length=12)] = []
    conditions: LocalisedText | None = None
    needs: LocalisedText | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.opens and self.closes and self.closes < self.opens:
            raise ValueError(note("The closing day lies before the opening day."))
        low, high = self.project_min, self.project_max
        if low and high and low.currency == high.currency and high.amount < low.amount:
            raise ValueError(note("The maximum for a project is less than the minimum."))
        if sum(part.share for part in self.cofinancing) > 1 + 1e-9:
            raise ValueError(note("The shares of cofinancing add up to more than 1."))
        if len({part.party for part in self.cofinancing}) < len(self.cofinancing):
            raise ValueError(note("One party appears twice in the cofinancing. Give each party one share."))
        return self


class ProjectFields(ProfileFields, Generic[P]):
    """What an association wants to do: where, in which sector, from when and for how much."""

    association: Key | None = None
    origin: Places[P] = []
    residence: Places[P] = []
    budget: Money | None = None
    own_contribution: Money | None = None
    starts: PartialDate | None = None
    needs: LocalisedText | None = None


FIELDS: dict[Kind, type[ProfileFields]] = {
    Kind.ASSOCIATION: AssociationFields,
    Kind.AUTHORITY: AuthorityFields,
    Kind.PROGRAMME: ProgrammeFields,
    Kind.PROJECT: ProjectFields,
}
"""The class that validates what a profile of each kind says."""

PLACE_FIELDS: dict[Kind, tuple[str, ...]] = {
    Kind.ASSOCIATION: ("origin", "residence"),
    Kind.AUTHORITY: ("territory",),
    Kind.PROGRAMME: ("origin", "residence"),
    Kind.PROJECT: ("origin", "residence"),
}
"""The fields of each kind that hold places."""

HOME_FIELD: dict[Kind, str] = {
    kind: "residence" if kind is Kind.ASSOCIATION else fields[0] for kind, fields in PLACE_FIELDS.items()
}
"""The field that says where a profile itself is: an association where it is registered, a project where it is carried out."""

PartnershipStatus = Literal["planned", "active", "finished", "ended"]


class PartnershipRecord(Input):
    """A partnership that happened or is happening: the track record. Both sides are named by their keys."""

    query: Key
    candidate: Key
    since: PartialDate | None = None
    status: PartnershipStatus | None = None


class CorridorRecord(Input):
    """How many people of one territory live in another: a row of a migrant-stock table. ``stock`` counts persons."""

    origin: PlaceInput
    residence: PlaceInput
    stock: Count | None = None
    source: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), ONE_LINE] = ""
