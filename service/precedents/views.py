"""Documented practices as their readers see them, in their language."""

from pydantic import BaseModel, Field

from schemas.partnerships import ProfileReference
from schemas.places import QualifiedTerritory
from schemas.records import Priority


class NamedSector(BaseModel):
    """A sector by its DAC code, with its name."""

    code: str
    name: str


class NamedPriority(BaseModel):
    """One of the four priorities, with its name."""

    key: Priority
    name: str


class FactSource(BaseModel):
    """Where the facts come from."""

    document: str
    section: str


class DocumentedPractice(BaseModel):
    """A practice that a report documents: who did what, where and when, what helped and what hindered."""

    key: str
    name: str
    mechanism: str = Field(description="What it does, by key: `matching_fund`, `training`, `network` …")
    mechanism_name: str
    description: str
    origin: list[QualifiedTerritory]
    residence: list[QualifiedTerritory]
    sectors: list[NamedSector]
    priorities: list[NamedPriority]
    since: str | None = Field(description="A year or a day.")
    until: str | None
    helped: str | None
    hindered: str | None
    profiles: list[ProfileReference] = Field(description="Those who took part and have a profile here.")
    actors: list[str] = Field(description="Others who took part, by name.")
    source: FactSource
