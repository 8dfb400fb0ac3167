"""What tests of commands share: a command that ran in the test process leaves its logs no longer than the test."""

import logging
from collections.abc import Iterator

import pytest
from structlog.stdlib import ProcessorFormatter


@pytest.fixture(autouse=True)
def _logs_end_with_the_test() -> Iterator[None]:
    yield
    root = logging.getLogger()
    root.handlers = [each for each in root.handlers if not isinstance(each.formatter, ProcessorFormatter)]
