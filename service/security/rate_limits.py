"""Rate limits: how much one caller may ask for, by token or else by address, and how often it may guess.

A request costs one point, an expensive one as many as its route says under ``x-rate-limit-cost``. Each process counts
for itself, in windows of fixed length.
"""

import time
from datetime import timedelta
from typing import Any

from fastapi import Request
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from schemas.translation import Message, message
from service.errors import Problem, TooManyRequests
from service.security.addresses import is_on_this_machine, network_of
from service.settings import NO_LIMIT, Settings

COST = "x-rate-limit-cost"
HERE = "this machine"
TOO_MUCH = message("You have sent too many requests at once. Wait a little, then go on.")
TOO_WRONG = message("Too many tokens or links from your address were wrong. Wait a little, then try again.")


def costs(points: int) -> dict[str, Any]:
    """What a route is declared with (``openapi_extra``) of which a request costs so many points."""
    return {COST: points}


class RateLimits:
    """What each caller has had of late."""

    def __init__(self, settings: Settings) -> None:
        self._by_token = _limit(settings.rate_limit_token)
        self._by_address = _limit(settings.rate_limit_address)
        self._failures = _limit(settings.rate_limit_failures)
        self._counts = FixedWindowRateLimiter(MemoryStorage())

    def charge_address(self, request: Request) -> None:
        """Take the cost of a request from what its address may have; raises ``TooManyRequests``."""
        self._charge(request, self._by_address, network_of(request) or HERE)

    def charge_token(self, request: Request, token_id: str) -> None:
        """Take the cost of a request from what the holder of a token may have; raises ``TooManyRequests``."""
        self._charge(request, self._by_token, token_id)

    def failure(self, request: Request, refusal: Problem) -> Problem:
        """What answers a wrong token or link: the refusal, and once there were too many, ``TooManyRequests``."""
        who = f"failures of {network_of(request) or HERE}"
        return self._over(self._failures, who, 1, TOO_WRONG) or refusal

    def _charge(self, request: Request, limit: RateLimitItem | None, who: str) -> None:
        cost = _cost_of(request)
        # Programs on this machine are its owner's: of theirs only what is heavy for others is counted.
        free = 1 if is_on_this_machine(request) or network_of(request) is None else 0
        if cost > free and (refusal := self._over(limit, who, cost, TOO_MUCH)):
            raise refusal

    def _over(
        self, limit: RateLimitItem | None, who: str, cost: int, detail: Message
    ) -> TooManyRequests | None:
        if limit is None or self._counts.hit(limit, who, cost=min(cost, limit.amount)):
            return None
        ends = self._counts.get_window_stats(limit, who).reset_time
        return TooManyRequests(detail, retry_after=timedelta(seconds=ends - time.time()))


def _limit(said: str) -> RateLimitItem | None:
    return None if said == NO_LIMIT else parse(said)


def _cost_of(request: Request) -> int:
    declared = getattr(request.scope.get("route"), "openapi_extra", None) or {}
    cost: int = declared.get(COST, 1)
    return cost
