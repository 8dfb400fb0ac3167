"""Problems as RFC 9457 describes them: one class a kind of failure, each with a sentence that says what to do."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus
from math import ceil
from typing import Any
from uuid import UUID

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import BaseModel, Field
from sqlalchemy.exc import DatabaseError, DBAPIError, IntegrityError, NoResultFound, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from schemas.inputs import JsonObject
from schemas.language import Language, negotiate
from schemas.translation import Message, message
from schemas.wording import render
from service.db.faults import REMEDIES, StorageFault, fault_of
from service.field_errors import Fault, FieldError, faults_of

LOG = logging.getLogger("passerelle")
MEDIA_TYPE = "application/problem+json"
MOST_ERRORS = 20
"""How many invalid values an answer, or the report on one row, lists; of more it is only said how many there are."""
METHOD_NOT_ALLOWED = 405
TO_REPEAT = frozenset({429, 503})
"""What is answered so succeeds later."""
RETRY_AFTER = {"schema": {"type": "integer"}, "description": "After how many seconds it may be tried again."}
GAVE_WAY = {"40001", "40P01"}
"""SQLSTATE classes of PostgreSQL: two writers waited for each other, and one had to give way."""


class ProblemDocument(BaseModel):
    """The body of every error answer (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[FieldError] | None = None
    errors_total: int | None = Field(
        None, description="How many values cannot be accepted, where not all of them are listed."
    )


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """How these answers are described in the OpenAPI document."""
    described: dict[int | str, dict[str, Any]] = {
        status: {"model": ProblemDocument, "content": {"application/problem+json": {}}} for status in statuses
    }
    for status in TO_REPEAT & set(statuses):
        described[status]["headers"] = {"Retry-After": RETRY_AFTER}
    return described


class Problem(Exception):  # noqa: N818 - the name that RFC 9457 gives it
    """A failure that the caller can understand and mend. Raise a subclass with a translatable detail."""

    status = 400

    def __init__(
        self,
        detail: Message,
        *,
        errors: Sequence[Fault] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(str(detail))
        self.detail = detail
        self.errors = list(errors)
        self.headers = headers or {}

    def headers_for(self, _request: Request) -> dict[str, str]:
        """The headers of the answer to a request."""
        return self.headers


class Unauthorised(Problem):
    """No token, or one that is not known."""

    status = 401

    def __init__(self, detail: Message) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"})


class Forbidden(Problem):
    """The token's role or organisation does not reach this far."""

    status = 403


class NotFound(Problem):
    """There is nothing at this address."""

    status = 404


class Moved(Problem):
    """What was at this address is part of something else now, and found there."""

    status = 308

    def __init__(self, old: UUID, new: UUID) -> None:
        super().__init__(message("This profile was merged into another. Continue with that one."))
        self.old, self.new = old, new

    def headers_for(self, request: Request) -> dict[str, str]:
        """Where to go on: the same address, with the old identifier, in whatever spelling, replaced by the new."""
        steps = request.url.path.split("/")
        path = "/".join(str(self.new) if _is(self.old, step) else step for step in steps)
        query = f"?{request.url.query}" if request.url.query else ""
        # A path alone: whatever host a request named, nobody is sent there.
        return {"Location": f"{path}{query}"}


def _is(identifier: UUID, step: str) -> bool:
    try:
        return UUID(step) == identifier
    except ValueError:
        return False


class Conflict(Problem):
    """The request contradicts what is stored."""

    status = 409


class PreconditionFailed(Problem):
    """Somebody else was faster: the ``If-Match`` is out of date."""

    status = 412


class Invalid(Problem):
    """One or more values cannot be accepted; ``errors`` says which and why."""

    status = 422

    @classmethod
    def of(cls, faults: Sequence[Fault]) -> "Invalid":
        """These invalid values."""
        if len(faults) > MOST_ERRORS:
            detail = message(
                "{total} values cannot be accepted. The first {shown} are listed.",
                total=len(faults),
                shown=MOST_ERRORS,
            )
            return cls(detail, errors=faults)
        return cls(message("Some values cannot be accepted."), errors=faults)

    @classmethod
    def at(cls, pointer: str, detail: Message, candidates: Sequence[JsonObject] = ()) -> "Invalid":
        """One invalid value at one JSON Pointer."""
        return cls.of([Fault(pointer, detail, tuple(candidates))])


class TooManyRequests(Problem):
    """The caller has had as much as anybody may have for now; it is said when there is more (RFC 6585)."""

    status = 429

    def __init__(self, detail: Message, *, retry_after: timedelta) -> None:
        super().__init__(detail, headers={"Retry-After": str(max(1, ceil(retry_after.total_seconds())))})


class UnreadableBody(HTTPException):
    """A body that is refused before it is read; FastAPI lets only its own exceptions through from there."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.status)
        self.problem = problem


def problem_response(
    status: int,
    detail: str,
    *,
    errors: Sequence[FieldError] = (),
    errors_total: int | None = None,
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """A problem document as a response."""
    document = ProblemDocument(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        errors=list(errors) or None,
        errors_total=errors_total,
    )
    return JSONResponse(
        document.model_dump(exclude_none=True), status_code=status, headers=headers, media_type=MEDIA_TYPE
    )


def install_problem_handlers(app: FastAPI) -> None:
    """Answer every failure of ``app`` with a problem document, and never with a stack trace."""
    app.add_exception_handler(Problem, _answer_problem)
    app.add_exception_handler(HTTPException, _answer_http_exception)
    app.add_exception_handler(RequestValidationError, _answer_invalid_request)
    app.add_exception_handler(IntegrityError, _answer_collision)
    app.add_exception_handler(NoResultFound, _answer_vanished)
    app.add_exception_handler(StaleDataError, _answer_vanished)
    app.add_exception_handler(OperationalError, _answer_unavailable)
    app.add_exception_handler(DatabaseError, _answer_database_error)
    app.add_exception_handler(Exception, _answer_unexpected)


def language_of(request: Request) -> Language:
    """The caller's language: ``?language=`` first, then ``Accept-Language``, then the installation's."""
    default: Language = request.app.state.settings.default_language
    asked = request.query_params.get("language")
    if asked in set(Language):
        return Language(asked)
    return negotiate(request.headers.get("accept-language"), default)


def _answer_problem(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)  # noqa: S101 - registered for this class only
    language = language_of(request)
    total = len(error.errors)
    return problem_response(
        error.status,
        render(language, error.detail),
        errors=[fault.shown(language) for fault in error.errors[:MOST_ERRORS]],
        errors_total=total if total > MOST_ERRORS else None,
        headers=error.headers_for(request),
    )


def _answer_http_exception(request: Request, error: Exception) -> JSONResponse:
    if isinstance(error, UnreadableBody):
        return _answer_problem(request, error.problem)
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class only
    headers = dict(error.headers or {})
    if error.status_code == METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(sorted(_methods_at(request)))
    return http_problem(request, error.status_code, headers)


def _methods_at(request: Request) -> set[str]:
    """Every method that some route at a request's address takes; each route knows of its own alone.

    A path without parameters goes before those with any, as in OpenAPI.
    """
    found: set[str] = set()
    literal: set[str] = set()
    for context in iter_route_contexts(request.app.routes):
        route = context.original_route
        if context.path and isinstance(route, APIRoute):
            pattern, _, parameters = compile_path(context.path)
            if pattern.match(request.url.path):
                (found if parameters else literal).update(context.methods or set())
    return literal or found


HTTP_SENTENCES = {
    400: message("The request cannot be read. Check that the body is valid JSON in UTF-8."),
    404: message("There is nothing at this address."),
    405: message("This address does not answer that method."),
    408: message("The request did not come to its end. Send it again."),
    421: message("This service answers under another address. Look at the address that you were given."),
    413: message(
        "The request is too large. Send less than a megabyte at once, and a file to /imports in parts of less than 200 megabytes."
    ),
}


def http_problem(request: Request, status: int, headers: dict[str, str] | None = None) -> JSONResponse:
    """The problem document for a plain HTTP status, in the caller's language."""
    known = HTTP_SENTENCES.get(status)
    detail = render(language_of(request), known) if known else HTTPStatus(status).phrase
    return problem_response(status, detail, headers=headers)


def _answer_invalid_request(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class only
    return _answer_problem(request, Invalid.of(faults_of(error.errors())))


CHANGED = message("Somebody has changed this in the meantime. Read it again, then repeat your change.")


def _answer_collision(request: Request, error: Exception) -> JSONResponse:
    # Two writers met between a check and its commit; the database let only one of them through.
    _record(error)
    return _answer_vanished(request, error)


def _answer_vanished(request: Request, _error: Exception) -> JSONResponse:
    # What was read a moment ago was deleted before it was changed.
    return problem_response(409, render(language_of(request), CHANGED))


def _answer_unavailable(request: Request, error: Exception) -> JSONResponse:
    if _sqlstate_of(error) in GAVE_WAY:
        return _answer_collision(request, error)
    _record(error)
    remedy = REMEDIES[fault_of(error) or StorageFault.AWAY]
    return problem_response(503, render(language_of(request), remedy), headers={"Retry-After": "5"})


def _sqlstate_of(error: Exception) -> str | None:
    return getattr(getattr(error, "orig", None), "sqlstate", None)


def _record(error: Exception) -> None:
    """Leave word of the database's refusal for whoever runs the service: the statement, never its values."""
    assert isinstance(error, DBAPIError)  # noqa: S101 - registered for its subclasses only
    LOG.error("the database refused (%s): %s", type(error.orig).__name__, error.statement)


def _answer_database_error(request: Request, error: Exception) -> JSONResponse:
    """What SQLite says of a damaged file is no ``OperationalError``; anything else is a fault of ours."""
    if fault_of(error) is not None:
        return _answer_unavailable(request, error)
    LOG.exception("a statement failed", exc_info=error)
    return _answer_unexpected(request, error)


def _answer_unexpected(request: Request, _error: Exception) -> JSONResponse:
    detail = message("Something went wrong on our side. It has been recorded; please try again later.")
    return problem_response(500, render(language_of(request), detail))
