"""Brokers: which answer, and queues that are taken away again."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery import Celery
from kombu import Connection

REDIS = os.environ.get("PASSERELLE_TEST_REDIS_URL", "redis://127.0.0.1:6379/0")
RABBITMQ = os.environ.get("PASSERELLE_TEST_AMQP_URL", "amqp://guest:guest@127.0.0.1:5672//")
BROKERS = {"redis": REDIS, "rabbitmq": RABBITMQ}


def broker_is_there(url: str) -> bool:
    """Whether this broker answers."""
    connection = Connection(url, connect_timeout=2)
    try:
        with connection.channel():
            return True
    except Exception:  # whatever a broker's client raises
        return False
    finally:
        connection.release()


def empty_queue(app: Celery) -> None:
    """Throw away every message that waits."""
    with app.connection_for_write() as connection:
        _channel(connection).queue_purge(app.conf.task_default_queue)


def _channel(connection: Connection) -> Any:
    """A channel, of which the stubs know next to nothing."""
    return connection.channel()


@contextmanager
def queues_removed(app: Celery) -> Iterator[None]:
    """Leave no queue of this application behind."""
    yield
    queue = app.conf.task_default_queue
    with app.connection_for_write() as connection:
        channel = _channel(connection)
        channel.queue_delete(queue)
        if connection.transport.driver_type == "redis":
            channel.client.delete(f"_kombu.binding.{queue}")
        else:
            channel.exchange_delete(queue)
