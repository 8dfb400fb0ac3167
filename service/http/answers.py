"""Answers with a model as their body, where a route cannot just return it."""

from collections.abc import Mapping

from fastapi import Response
from pydantic import BaseModel


def model_response(
    content: BaseModel, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """The response that a route would give which returned this model; fields that were never set are left out.

    For answers that are kept under an idempotency key, and for those with a background task.
    """
    body = content.model_dump_json(exclude_unset=True)
    return Response(body, status, dict(headers or {}), media_type="application/json")
