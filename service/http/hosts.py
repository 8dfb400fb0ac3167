"""For which hosts the service answers: links in mails lead to one, and no other page may borrow it under another name."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from service.errors import http_problem
from service.http.middleware import HttpMiddleware
from service.settings import LOCAL_HOSTS, Settings

MISDIRECTED = 421
WATCHED = ("/healthz", "/readyz", "/metrics")
"""What programs that watch over the service ask for, under whatever name they know it."""


class KnownHosts(HttpMiddleware):
    """ASGI middleware: refuses requests for hosts that are not ours (RFC 9110, 421)."""

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on everything else untouched."""
        host = host_of(Headers(scope=scope).get("host", ""))
        if scope["path"] in WATCHED or is_known(host, scope["app"].state.settings):
            await self._app(scope, receive, send)
        else:
            await http_problem(Request(scope), MISDIRECTED)(scope, receive, send)


def host_of(header: str) -> str:
    """The host of a ``Host`` header, in lower case and without its port; empty where it has none."""
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""


def is_known(host: str, settings: Settings) -> bool:
    """Whether the service answers for this host: that of its public address, and this machine.

    Where the public address is this machine, also any address in figures and any name without a dot: nobody elsewhere can
    have such a name lead here.
    """
    public = urlsplit(settings.public_url).hostname
    if host == public or host in LOCAL_HOSTS:
        return True
    return public in LOCAL_HOSTS and (_is_address(host) or (bool(host) and "." not in host))


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
