"""How long others may keep an answer that changes seldom."""

from fastapi import Depends, Response


def _for_an_hour(response: Response) -> None:
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.headers["Vary"] = "Accept-Language"


FOR_AN_HOUR = Depends(_for_an_hour)
"""A dependency of routes whose answer, in the caller's language, may be an hour old."""
