"""Everything that a command imports, now or when it is needed: for the server from which commands are forked."""

import celery.concurrency.thread
import kombu.transport.pyamqp
import kombu.transport.redis

import console.main
import workers.standalone
from matching import PartnershipModel

__all__ = ["PartnershipModel", "celery", "console", "kombu", "workers"]
