"""The web server waits for nobody who begins a request and does not end it."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from starlette.types import Receive, Scope, Send

from console import web_server
from console.environment import Stopping
from console.web_server import StoppableServer, server_config

BEGUN = b"GET / HTTP/1.1\r\nHost: localhost\r\n"


async def page(scope: Scope, _receive: Receive, send: Send) -> None:
    """An application that tells everybody from where the call comes."""
    said = scope["client"][0].encode()
    headers = [(b"content-length", str(len(said)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": said})


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The port of a server that waits a fifth of a second."""
    monkeypatch.setattr(web_server, "HEAD_SECONDS", 0.2)
    with serving("127.0.0.1") as found:
        yield found


@contextmanager
def serving(trusted_proxies: str) -> Iterator[int]:
    """The port of a server that believes these proxies."""
    config = server_config(page, 1, trusted_proxies)
    config.lifespan = "off"
    server = StoppableServer(config, Stopping())
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        server.should_exit = True
        thread.join(10)


@pytest.mark.parametrize("sent", [b"", b"G", BEGUN, BEGUN + b"X: " + b"y" * 1_000])
def test_half_a_head_is_waited_for_no_longer_than_it_may_take(port: int, sent: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(sent)
        assert client.recv(1) == b""


def test_a_drop_now_and_then_keeps_no_connection(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(BEGUN)
        with suppress(OSError):
            for _ in range(100):
                client.sendall(b"X: y\r\n")
                time.sleep(0.05)
            pytest.fail("nobody ended it within five seconds")


def test_whole_requests_are_answered_one_after_the_other(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        for _ in range(3):
            client.sendall(BEGUN + b"\r\n")
            assert client.recv(1_000).endswith(b"127.0.0.1")
            time.sleep(0.3)
        client.sendall(BEGUN)
        assert client.recv(1) == b"", "half a second request is waited for no longer than half a first"


@pytest.mark.parametrize(
    ("trusted", "told"), [("127.0.0.0/8,10.0.0.1", "203.0.113.7"), ("10.0.0.1", "127.0.0.1")]
)
def test_only_trusted_proxies_say_for_whom_they_call(trusted: str, told: str) -> None:
    forwarded = b"X-Forwarded-For: 192.0.2.1, 203.0.113.7, 10.0.0.1\r\n\r\n"
    with serving(trusted) as port, socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(BEGUN + forwarded)
        assert client.recv(1_000).endswith(told.encode())
