"""The gazetteer: countries, their subdivisions and localities, and every name they are found by."""

from sqlalchemy import BigInteger, Index, String
from sqlmodel import Field, SQLModel

from schemas.inputs import JsonObject
from service.db.base import JsonDocument

Folded = String(200).with_variant(String(200, collation="C"), "postgresql")
"""Folded names compare byte by byte, so that a range finds everything that begins alike."""


class Territory(SQLModel, table=True):
    """A country, a subdivision or a locality.

    ``code`` is ISO 3166-1 (``SN``), ISO 3166-2 (``SN-DB``) or country and GeoNames identifier
    (``SN:2252308``). ``path`` runs from the country down to the territory itself. ``names`` holds the name
    by language (fr, en, es, it) where it differs from ``name``.
    """

    __tablename__ = "territory"

    code: str = Field(primary_key=True, max_length=16)
    country: str = Field(max_length=2, index=True)
    level: str = Field(max_length=12)
    name: str = Field(max_length=200)
    names: JsonObject = Field(default_factory=dict, sa_type=JsonDocument)
    parent: str | None = Field(default=None, max_length=16, index=True)
    path: list[str] = Field(sa_type=JsonDocument)
    latitude: float | None = None
    longitude: float | None = None
    population: int | None = None


class TerritoryName(SQLModel, table=True):
    """One way to write a territory's name, folded to bare lower-case letters and digits.

    ``rank`` orders what one spelling finds: 0 the name itself, 1 a translation or known alias, 2 an alternate
    name of the gazetteer; from 10 on, one of several territories that a former or everyday unit covers, the
    main one first. ``weight`` orders what the beginning of a name finds: countries, subdivisions by the
    inhabitants of their localities, then localities by theirs.
    """

    __tablename__ = "territory_name"
    __table_args__ = (
        Index("ix_territory_name_country_folded", "country", "folded"),
        Index("ix_territory_name_country_weight", "country", "weight"),
    )

    folded: str = Field(primary_key=True, sa_type=Folded)
    territory_code: str = Field(
        primary_key=True, foreign_key="territory.code", ondelete="CASCADE", max_length=16
    )
    country: str = Field(max_length=2)
    rank: int
    weight: int = Field(sa_type=BigInteger, index=True)
