"""Whether the service lives and is ready, as it answers whoever watches over it."""

from typing import Literal

from pydantic import BaseModel


class Liveness(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class ReadinessCheck(BaseModel):
    """One thing that the service needs, and whether it is there."""

    name: str
    ok: bool
    detail: str


class Readiness(BaseModel):
    """Whether all is there that the service needs."""

    status: Literal["ok", "failing"]
    checks: list[ReadinessCheck]
