"""How rules share out the chance to be seen: how many each is introduced to, and what is left to newcomers."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

MOST_INTRODUCTIONS = 1_000


class Capacity(BaseModel):
    """How many an organisation of a kind gets to know at a time, where it does not say so itself
    (``max_open_introductions``); any number where nothing is said here either."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    association: Annotated[int, Field(ge=1, le=MOST_INTRODUCTIONS)] | None = None
    authority: Annotated[int, Field(ge=1, le=MOST_INTRODUCTIONS)] | None = None


class Exposure(BaseModel):
    """``newcomers``: how much of the chance that newcomers have had so far is left to those who have no partnership yet.
    With 1 they are proposed as often as newcomers have been chosen; with 0 the track record speaks only for those who
    have one."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    newcomers: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 1.0
