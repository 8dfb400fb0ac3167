"""Whatever a client sends to whatever address the service describes: never a 500, always the described form."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.service.client import Installation
from tests.service.examples import EXAMPLES, register
from tests.sizes import examples

CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance]
EXAMPLES_EACH = examples(3)


@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisDeprecationWarning")  # of schemathesis
def test_every_answer_is_as_described(installation: Installation) -> None:
    steward = installation.client("steward")
    for kind in EXAMPLES:
        register(steward, kind)
    described: Any = schemathesis.openapi.from_asgi("/api/v1/openapi.json", installation.app)
    operations = [result.ok() for result in described.get_all_operations()]
    assert len(operations) > 30
    for operation in operations:
        for mode in GenerationMode:
            # One operation deletes the token that it is sent with.
            headers = {"Authorization": f"Bearer {installation.token('admin')}"}
            _check_operation(operation, mode, headers)


def _check_operation(operation: Any, mode: GenerationMode, headers: dict[str, str]) -> None:
    @settings(
        max_examples=EXAMPLES_EACH,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case: Any) -> None:
        answer = case.call(headers=headers)
        case.validate_response(answer, checks=CHECKS)

    try:
        check()
    except Exception as error:
        if type(error).__name__ != "Unsatisfiable":
            error.add_note(f"{operation.method.upper()} {operation.path}")
            raise
