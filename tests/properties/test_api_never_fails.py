"""Whatever anybody sends to whatever address the service describes: never a 500, always the described form."""

from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import FlakyStrategyDefinition
from hypothesis.stateful import initialize
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from tests.service.client import Installation
from tests.service.examples import EXAMPLES, register
from tests.sizes import examples, is_fuzzing

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
    allow_header_conformance,
]
ROLES = ("steward", "admin", "member", "nobody")
OF_EACH_KIND = examples(4)
"""Requests to one operation with values as described, and as many with others."""
RUNS = examples(4)
CHAINS_OF_A_RUN, STEPS = 4, 12
RUN = settings(
    deadline=None,
    derandomize=not is_fuzzing(),
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
pytestmark = pytest.mark.filterwarnings(
    "ignore::hypothesis.errors.HypothesisDeprecationWarning"  # of schemathesis
)
Headers = dict[str, str]


def everybody(installation: Installation) -> dict[str, Headers]:
    """With what each sort of caller calls; the member speaks for an association of its own."""
    member = installation.client("member")
    register(member, name="Amici di Mahdia", contact_email=None)
    clients = {"member": member} | {role: installation.client(role) for role in ("steward", "admin")}
    said = {role: {"Authorization": client.headers["Authorization"]} for role, client in clients.items()}
    return {"nobody": {}} | said


@pytest.fixture
def described(installation: Installation) -> Any:
    """What the service says of itself, on a database with something of each kind."""
    steward = installation.client("steward")
    for kind in EXAMPLES:
        register(steward, kind)
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", installation.app)


def test_every_answer_is_as_described(installation: Installation, described: Any) -> None:
    operations = [result.ok() for result in described.get_all_operations()]
    assert len(operations) > 100
    callers = everybody(installation)
    for operation in operations:
        for mode in GenerationMode:
            _check_operation(operation, mode, callers)
            if operation.method == "delete":
                callers = everybody(installation)


def _check_operation(operation: Any, mode: GenerationMode, callers: dict[str, Headers]) -> None:
    @settings(RUN, max_examples=OF_EACH_KIND)
    @given(case=operation.as_strategy(generation_mode=mode), role=st.sampled_from(ROLES))
    def check(case: Any, role: str) -> None:
        answer = case.call(headers=callers[role])
        case.validate_response(answer, checks=CHECKS)

    try:
        check()
    except Exception as error:
        if type(error).__name__ != "Unsatisfiable":
            error.add_note(f"{operation.method.upper()} {operation.path}")
            raise


def test_every_chain_of_calls_is_answered_as_described(installation: Installation, described: Any) -> None:
    class Chain(described.as_state_machine()):  # type: ignore[misc]  # made from the document
        """Calls that go on with what former ones have answered, by one caller."""

        callers = everybody(installation)

        @initialize(role=st.sampled_from(ROLES))
        def begin(self, role: str) -> None:
            """Choose who calls."""
            self.role = role

        def get_call_kwargs(self, _case: Any) -> dict[str, Any]:
            """With what each call is sent."""
            return {"headers": self.callers[self.role]}

        def validate_response(self, response: Any, case: Any, **_: Any) -> None:
            """Look at each answer."""
            try:
                case.validate_response(response, checks=CHECKS)
            except BaseExceptionGroup as failures:
                found.append(failures)
                raise

    found: list[BaseException] = []
    for number in range(RUNS):
        # What was stored meanwhile changes what a chain can do, and Hypothesis ends such a run: the next begins afresh.
        with suppress(FlakyStrategyDefinition):
            chains = seed(number)(Chain) if not is_fuzzing() else Chain
            chains.run(settings=settings(RUN, max_examples=CHAINS_OF_A_RUN, stateful_step_count=STEPS))
    assert not found
