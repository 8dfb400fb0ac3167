"""Files that tests import and export, through HTTP as a steward would."""

import json
from typing import Any

from fastapi.testclient import TestClient

from tests.service.client import Installation

Job = dict[str, Any]


def import_bytes(installation: Installation, steward: TestClient, content: bytes, **query: Any) -> Job:
    """Import a file and do the job at once; the job as it stands then."""
    answer = steward.post("/imports", content=content, params=query)
    assert answer.status_code == 202, answer.text
    assert answer.json()["state"] == "queued"
    assert installation.app.state.jobs.run_waiting() == 1
    job: Job = steward.get(answer.headers["location"].removeprefix("/api/v1")).json()
    return job


def import_records(
    installation: Installation, steward: TestClient, *records: dict[str, Any]
) -> dict[str, Any]:
    """Import these records as a file of lines; what became of them."""
    content = "\n".join(map(json.dumps, records)).encode()
    result: dict[str, Any] = import_bytes(installation, steward, content, format="jsonl")["result"]
    return result


def exported(steward: TestClient, kind: str, form: str) -> bytes:
    """All records of a kind as a file."""
    answer = steward.get(f"/exports/{kind}", params={"format": form})
    assert answer.status_code == 200, answer.text
    return answer.content
