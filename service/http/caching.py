"""How long others may keep an answer that changes seldom."""

FOR_AN_HOUR = {"Cache-Control": "public, max-age=3600", "Vary": "Accept-Language"}
"""Headers of an answer in the caller's language that may be an hour old."""
