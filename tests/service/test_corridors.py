"""Migrant-stock tables: imported, exported, and seen by the lists of authorities."""

import pytest

from tests.service.client import Installation
from tests.service.examples import register
from tests.service.files import exported, import_bytes
from tests.service.test_imports import counted

TABLE = b"origin,residence,stock\nSN Kaolack,IT-PD,12 000\nTN-53,IT Trapani,900\n"
LANGUAGES = ("fr", "en", "es", "it")


def test_a_table_of_stocks_is_imported_once_and_again(installation: Installation) -> None:
    steward = installation.client("steward")
    rehearsed = import_bytes(installation, steward, TABLE, kind="corridors", dry_run=True)
    assert counted(rehearsed) == (2, 0, 0, 0)
    assert counted(import_bytes(installation, steward, TABLE, kind="corridor")) == (2, 0, 0, 0)
    assert counted(import_bytes(installation, steward, TABLE, kind="corridor")) == (0, 0, 2, 0)
    changed = TABLE.replace(b"900", b"901")
    assert counted(import_bytes(installation, steward, changed, kind="corridor")) == (0, 1, 1, 0)


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_what_is_exported_is_read_back_identically(installation: Installation, form: str) -> None:
    steward = installation.client("steward")
    before = exported(steward, "corridors", form)
    import_bytes(installation, steward, TABLE, kind="corridor")
    written = exported(steward, "corridors", form)
    assert written.count(b"\n") >= before.count(b"\n") + 2
    assert b"SN-KL" in written
    job = import_bytes(installation, steward, written, format=form)
    assert counted(job)[0::3] == (0, 0)
    assert exported(steward, "corridors", form) == written


REFUSED = {
    "Nowhere,IT-PD,5": "origin",
    "SN,XX Nowhere,5": "residence",
    "SN,IT-PD,-5": "stock",
    "SN,SN,5": "residence",
    "SN|MA,IT-PD,5": "origin",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_row_that_is_no_corridor_says_why(embedded: Installation, language: str) -> None:
    steward = embedded.client("steward")
    content = "\n".join(["origin,residence,stock", *REFUSED, "SN-DB,IT-PD,5"]).encode()
    job = import_bytes(embedded, steward, content, kind="corridor", language=language)
    rejected = job["result"]["rejected"]
    assert job["result"]["created"] == 1
    for line, field in enumerate(REFUSED.values(), 2):
        said = [item for item in rejected if item["line"] == line]
        assert said
        assert all(item["field"].startswith(field) and item["reason"] for item in said)


def test_towns_at_both_ends_of_an_imported_corridor_are_proposed_to_each_other(
    installation: Installation,
) -> None:
    steward = installation.client("steward")
    here = register(steward, "authorities", name="Comune di Padova", territory="IT-PD")
    register(steward, "authorities", key="z", name="Zacatecas", territory="MX-ZAC", role="origin")
    path = f"/authorities/{here['id']}/suggestions?of=authorities"

    def region() -> float:
        items = steward.get(path).json()["items"]
        return max((item["parts"][0]["similarity"] for item in items), default=0.0)

    assert region() == 0
    import_bytes(installation, steward, b"origin,residence,stock\nMX-ZAC,IT-PD,5000\n", kind="corridor")
    assert region() > 0
