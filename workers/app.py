"""The Celery application: tasks are wake-ups, and what is to be done lies in the database.

A lost message is found again by the sweep, a doubled one finds nothing to do. So messages are acknowledged
early, are not kept for results, and expire when nobody has come for them.
"""

import hashlib

from celery import Celery
from kombu import Queue
from sqlalchemy.engine import make_url

from schemas.inputs import JsonObject
from service.settings import Settings

MEMORY = "memory://localhost"
MESSAGE_SECONDS = 60
"""How long a wake-up is worth delivering; by then the sweep has sent others."""
IDLE_QUEUE_SECONDS = 24 * 3600


def make_app(settings: Settings) -> Celery:
    """The application for these settings, without tasks: enough to send wake-ups."""
    app = Celery("passerelle")
    queue = queue_name(settings)
    app.conf.update(
        broker_url=settings.broker_url.get_secret_value() if settings.broker_url else MEMORY,
        broker_use_ssl=settings.broker_tls,
        broker_connection_timeout=2,
        broker_connection_retry_on_startup=True,
        broker_transport_options=_transport_options(settings),
        task_default_queue=queue,
        task_queues=[Queue(queue, routing_key=queue, expires=IDLE_QUEUE_SECONDS)],
        task_ignore_result=True,
        task_store_errors_even_if_ignored=False,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        enable_utc=True,
        timezone="UTC",
    )
    return app


def queue_name(settings: Settings) -> str:
    """One queue for each database, so that installations that share a broker never take each other's messages."""
    url = make_url(settings.database)
    place = f"{url.host}:{url.port}/{url.database}"
    return f"passerelle-{hashlib.sha256(place.encode()).hexdigest()[:12]}"


def task_name(topic: str) -> str:
    """The name of the task that does what waits under a topic of the outbox."""
    return f"passerelle.{topic}"


def wake(app: Celery, topic: str) -> None:
    """Send a wake-up; raises ``kombu.exceptions.OperationalError`` when the broker does not answer."""
    app.send_task(task_name(topic), retry=False, ignore_result=True, expires=MESSAGE_SECONDS)


def _transport_options(settings: Settings) -> JsonObject:
    if settings.broker_url is None:
        return {"polling_interval": 0.05}
    if settings.broker_url.get_secret_value().startswith("redis"):
        return {"socket_connect_timeout": 2, "socket_timeout": 10, "socket_keepalive": True}
    return {}
