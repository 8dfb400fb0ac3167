"""Entity tags (RFC 9110): nobody overwrites what somebody else has just changed."""

import hashlib
import json
from collections.abc import Set
from typing import Annotated

from fastapi import Header, Response
from pydantic import BaseModel

from schemas.translation import message
from service.errors import PreconditionFailed

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match", max_length=500, description="The ETag you last saw; refused with 412 when outdated."
    ),
]
IfNoneMatch = Annotated[
    str | None,
    Header(
        alias="If-None-Match",
        max_length=500,
        description="An ETag you hold; answered with 304 while it is current.",
    ),
]


def entity_tag(version: int) -> str:
    """The ETag of a resource in this version."""
    return f'"{version}"'


def content_tag(content: BaseModel, *, without: Set[str] = frozenset()) -> str:
    """The ETag of a resource that is not stored in versions: it changes exactly when the content does.

    Fields ``without`` which it is computed change with every request.
    """
    document = content.model_dump(mode="json", exclude=set(without))
    canonical = json.dumps(document, sort_keys=True, ensure_ascii=False)
    return f'"{hashlib.sha256(canonical.encode()).hexdigest()[:32]}"'


def check_precondition(if_match: str | None, tag: str) -> None:
    """Raise ``PreconditionFailed`` when the caller last saw another version."""
    if if_match is not None and not names_tag(if_match, tag):
        raise PreconditionFailed(
            message("Somebody has changed this in the meantime. Read it again, then repeat your change.")
        )


def not_modified(if_none_match: str | None, response: Response) -> Response | None:
    """The answer 304 with the headers of ``response``, if the caller holds the version that its ``ETag`` names."""
    if if_none_match is None or not names_tag(if_none_match, response.headers["ETag"]):
        return None
    return Response(status_code=304, headers=response.headers)


def names_tag(header: str, tag: str) -> bool:
    """Whether a list of ETags holds this one, or stands for any."""
    given = {item.strip().removeprefix("W/") for item in header.split(",")}
    return "*" in given or tag in given
