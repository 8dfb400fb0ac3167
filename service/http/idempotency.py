"""``Idempotency-Key``: the same POST sent twice by the same caller is done once."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request, Response
from sqlmodel import Session

from schemas.inputs import JsonObject
from schemas.translation import message
from service.clock import now
from service.db.tables import IdempotentRequest
from service.errors import Invalid
from service.http import idempotency_repository as repository
from service.security.authentication import Actor, Member

KEPT_HEADERS = ("location", "etag", "content-type")


@dataclass(frozen=True, slots=True)
class IdempotentCall:
    """One POST: who sends it, under which key, and the hash of its address and body."""

    actor: str
    key: str | None
    request_hash: str

    def once(
        self, session: Session, act: Callable[[], Response], *, not_kept: Sequence[str] = ()
    ) -> Response:
        """The answer of ``act``, or the one it gave when this call came before; kept in the same commit.

        What must not be stored a second time, fields ``not_kept``, is ``null`` in an answer that is given again.
        """
        if self.key is None:
            return act()
        repository.lock_call(session, self.actor, self.key)
        if (former := self.answered(session)) is not None:
            return former
        response = act()
        session.add(self._kept(self.key, response, not_kept))
        return response

    def answered(self, session: Session) -> Response | None:
        """The answer that this call had when it came before; whoever works long for one need not do that again."""
        former = repository.former_call(session, self.actor, self.key) if self.key else None
        return self._replay(former) if former else None

    def _replay(self, former: IdempotentRequest) -> Response:
        if former.request_hash != self.request_hash:
            raise Invalid(
                message("This Idempotency-Key was used for another request. Take a new one for each request.")
            )
        return Response(former.body, former.status, {**former.headers, "Idempotent-Replayed": "true"})

    def _kept(self, key: str, response: Response, not_kept: Sequence[str]) -> IdempotentRequest:
        return IdempotentRequest(
            actor=self.actor,
            key=key,
            request_hash=self.request_hash,
            status=response.status_code,
            headers={name: response.headers[name] for name in KEPT_HEADERS if name in response.headers},
            body=_without(bytes(response.body).decode(), not_kept),
            created_at=now(),
        )


def _without(body: str, names: Sequence[str]) -> str:
    if not names:
        return body
    said: JsonObject = json.loads(body)
    return json.dumps({name: None if name in names else value for name, value in said.items()})


IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="A key of your choice, new for each request; the same request with it is done only once.",
    ),
]


def idempotent_call(actor: Actor, key: str | None, request: Request, content: bytes) -> IdempotentCall:
    """The call that sends this content to this address."""
    address = request.url.path.encode()
    return IdempotentCall(actor.id, key, hashlib.sha256(address + b"\0" + content).hexdigest())


async def _idempotent_call(request: Request, actor: Member, key: IdempotencyKey = None) -> IdempotentCall:
    return idempotent_call(actor, key, request, await request.body())


Idempotent = Annotated[IdempotentCall, Depends(_idempotent_call)]
"""For routes that make something by POST."""
