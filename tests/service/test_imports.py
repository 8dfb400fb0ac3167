"""Files of records through HTTP: what becomes of each line, in which words, and what is stored."""

import json
from typing import Any

import pytest

from schemas.inputs import JsonObject
from service.db.counters import counter_values
from service.db.session import reading
from service.interchange.exporting import export_records
from service.interchange.files import FileFormat
from service.interchange.kinds import RecordKind
from tests.service.client import Installation
from tests.service.examples import ASSOCIATION, AUTHORITY, PROGRAMME, PROJECT
from tests.service.files import exported, import_bytes

CSV = """kind;key;name.fr;name.it;origin;residence.country;residence.place;members;offers.human
association;k1;Été à Kaolack;Estate a Kaolack;SN Kaolack|SN-DB;IT;Padova|Trapani;1 234;'=1+1
association;k2;Les autres;;SN: Djourbel;FR;Montreuil;12;
"""


def lines(*records: JsonObject) -> bytes:
    """Records as JSON lines."""
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()


def counted(job: dict[str, Any]) -> tuple[int, int, int, int]:
    """How many lines were created, updated, unchanged and rejected."""
    result = job["result"]
    rejected = {item["line"] for item in result["rejected"]}
    return result["created"], result["updated"], result["unchanged"], len(rejected)


def test_all_kinds_are_imported_and_imported_again(installation: Installation) -> None:
    steward = installation.client("steward")
    content = lines(
        ASSOCIATION | {"kind": "association", "key": "a"},
        AUTHORITY | {"kind": "authorities", "key": "t"},
        PROGRAMME | {"kind": "programme", "key": "p"},
        PROJECT | {"kind": "project", "key": "j", "association": "a"},
        {"kind": "partnership", "query": "a", "candidate": "t", "since": 2019, "status": "active"},
    )
    first = import_bytes(installation, steward, content)
    assert (first["state"], first["done"], first["total"]) == ("done", 5, 5)
    assert counted(first) == (5, 0, 0, 0)
    assert counted(import_bytes(installation, steward, content)) == (0, 0, 5, 0)
    changed = content.replace(b"2019", b"2020").replace(b"Fonds commun", b"Fonds unique")
    assert counted(import_bytes(installation, steward, changed)) == (0, 2, 3, 0)
    assert steward.get("/partnerships?of=a").json()["items"][0]["since"] == "2020"
    programme = steward.get("/programmes?q=unique").json()["items"][0]
    assert (programme["key"], programme["origin"][0]["code"]) == ("p", "SN")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_tables_are_read_as_spreadsheets_write_them(
    embedded: Installation, encoding: str, delimiter: str
) -> None:
    steward = embedded.client("steward")
    content = CSV.replace(";", delimiter).replace("\n", "\r\n").encode(encoding)
    assert counted(import_bytes(embedded, steward, content)) == (2, 0, 0, 0)
    stored = steward.get("/associations?key=k1").json()["items"][0]
    assert stored["name"] == {"fr": "Été à Kaolack", "it": "Estate a Kaolack"}
    assert [place["code"] for place in stored["origin"]] == ["SN:2250805", "SN-DB"]
    assert [place["country"] for place in stored["residence"]] == ["IT", "IT"]
    assert (stored["members"], stored["offers"]["human"]) == (1234, "=1+1")


def test_columns_come_in_any_order_and_amounts_with_a_decimal_comma(embedded: Installation) -> None:
    steward = embedded.client("steward")
    content = (
        "name;cofinancing.association;cofinancing.State;budget;project_max.currency;KEY;project_max.amount\n"
        'Fonds;0,25;25 %;1.250.000,50 EUR;EUR;p;"2 500,5"\n'
    )
    assert counted(import_bytes(embedded, steward, content.encode(), kind="programme")) == (1, 0, 0, 0)
    stored = steward.get("/programmes?key=p").json()["items"][0]
    assert stored["cofinancing"] == [
        {"party": "State", "share": 0.25},
        {"party": "association", "share": 0.25},
    ]
    assert stored["budget"] == {"amount": "1250000.50", "currency": "EUR"}
    assert stored["project_max"] == {"amount": "2500.5", "currency": "EUR"}


def test_each_rejected_line_says_which_field_and_why_in_the_senders_language(embedded: Installation) -> None:
    steward = embedded.client("steward")
    content = (
        b"kind,key,name,members,notes,territory,founded\n"
        b"association,a,One,many,,,\n"
        b"association,b,Two,,something,,\n"
        b"authority,c,Three,,,,\n"
        b'association,d,"Four\n'
        b"association,e,Five,,,,31/12/1998\n"
        b",f,Six,,,,\n"
        b"association,g,Seven,,,,,extra\n"
        b"association,h,Eight,12,,,\n"
    )
    job = import_bytes(embedded, steward, content, language="it")
    assert counted(job) == (1, 0, 0, 7)
    found = {item["line"]: (item["field"], item["reason"]) for item in job["result"]["rejected"]}
    assert found[2] == ("members", "Indicate un numero intero.")
    assert found[3][0] == "notes"
    assert found[4] == ("territory", "Manca questo campo.")
    assert "virgolette" in found[5][1]
    assert found[6][0] == "founded"
    assert found[7][0] == "kind"
    assert "8" in found[8][1]
    assert [item["key"] for item in steward.get("/associations").json()["items"]] == ["h"]


def test_broken_json_lines_are_rejected_one_by_one(embedded: Installation) -> None:
    steward = embedded.client("steward")
    good = ASSOCIATION | {"kind": "association", "key": "good"}
    content = b"\n".join(
        [
            b'{"key": "a"', b"[]", b'{"key": "a", "key": "b"}', b'{"members": NaN}', b"[" * 5_000,
            b'{"kind": "association", "key": "n", "name": ' + b'{"fr":' * 900 + b"1" + b"}" * 901,
            b'{"kind": "association", "key": "z", "name": "\\ud800"}', lines(good),
        ]
    )  # fmt: skip
    job = import_bytes(embedded, steward, content)
    assert counted(job) == (1, 0, 0, 7)
    assert all(item["reason"] for item in job["result"]["rejected"])


def test_a_place_that_is_not_found_keeps_its_country_and_is_reported(installation: Installation) -> None:
    steward = installation.client("steward")
    content = b"key,name,residence\nk,Club,US Springfield\n"
    job = import_bytes(installation, steward, content, kind="association")
    assert counted(job) == (1, 0, 0, 0)
    remark = job["result"]["remarks"][0]
    assert (remark["line"], remark["field"]) == (2, "residence")
    assert {"US:4409896", "US:4951788"} <= {item["code"] for item in remark["candidates"]}
    place = steward.get("/associations?key=k").json()["items"][0]["residence"][0]
    assert (place["country"], place.get("code"), place["place"]) == ("US", None, "Springfield")
    listed = steward.get(f"/jobs/{job['id']}/remarks").json()["items"]
    assert [(item["line"], item["rejected"]) for item in listed] == [(2, False)]


def test_a_rehearsal_says_the_same_and_stores_nothing(installation: Installation) -> None:
    steward = installation.client("steward")
    content = lines(
        ASSOCIATION | {"kind": "association", "key": "a"},
        ASSOCIATION | {"kind": "association", "key": "a"},
        ASSOCIATION | {"kind": "association", "key": "a", "name": "Other"},
        ASSOCIATION | {"kind": "project", "key": "a"},
        AUTHORITY | {"kind": "authority", "key": "t"},
        {"kind": "partnership", "query": "a", "candidate": "t"},
        {"kind": "partnership", "query": "a", "candidate": "t"},
        {"kind": "partnership", "query": "a", "candidate": "nobody"},
    )
    rehearsed = import_bytes(installation, steward, content, dry_run=True)
    assert steward.get("/associations").json()["items"] == []
    done = import_bytes(installation, steward, content)
    assert counted(rehearsed) == counted(done) == (3, 1, 2, 2)
    assert rehearsed["result"] == done["result"]


def test_a_project_finds_its_association_whichever_comes_first(installation: Installation) -> None:
    steward = installation.client("steward")
    project = PROJECT | {"kind": "project", "key": "j", "association": "a"}
    import_bytes(installation, steward, lines(project))
    import_bytes(installation, steward, lines(ASSOCIATION | {"kind": "association", "key": "a"}))
    member = installation.client("member", organisation="a")
    identifier = steward.get("/projects?key=j").json()["items"][0]["id"]
    assert member.patch(f"/projects/{identifier}", json={"name": "Mine"}).status_code == 200


def test_only_stewards_import_and_export(embedded: Installation) -> None:
    member = embedded.client("member")
    assert member.post("/imports", content=b"").status_code == 403
    assert member.get("/exports/association").status_code == 403
    assert embedded.client().post("/imports", content=b"").status_code == 401


def test_a_file_may_be_sent_as_a_form_and_twice_with_one_key(installation: Installation) -> None:
    steward = installation.client("steward")
    sent: dict[str, Any] = {
        "files": {"file": ("clubs.csv", CSV.encode())},
        "headers": {"Idempotency-Key": "k"},
    }
    first, again = (steward.post("/imports", **sent) for _ in range(2))
    assert first.json()["settings"]["file"] == "clubs.csv"
    assert first.json()["id"] == again.json()["id"]
    other = steward.post("/imports", content=b"", headers={"Idempotency-Key": "k"})
    assert other.status_code == 422
    assert steward.post("/imports", files={"other": ("x.csv", b"")}).status_code == 422
    assert installation.app.state.jobs.run_waiting() == 1


def test_a_file_that_is_none_of_ours_fails_and_says_what_to_do(embedded: Installation) -> None:
    steward = embedded.client("steward")
    for content, word in ((CSV.encode("utf-16"), "UTF-16"), (b"key;name;key\n1;2;3\n", "key")):
        job = import_bytes(embedded, steward, content)
        assert job["state"] == "failed"
        assert word in job["detail"]
    assert import_bytes(embedded, steward, b"")["state"] == "done"


def test_unpublished_profiles_stay_unpublished(embedded: Installation) -> None:
    steward = embedded.client("steward")
    hidden = ASSOCIATION | {"kind": "association", "key": "a", "published": False}
    import_bytes(embedded, steward, lines(hidden))
    assert embedded.client().get("/associations").json()["items"] == []
    assert json.loads(exported(steward, "association", "jsonl"))["published"] is False
    shown = lines({name: value for name, value in hidden.items() if name != "published"})
    assert counted(import_bytes(embedded, steward, shown)) == (0, 0, 1, 0)
    assert counted(import_bytes(embedded, steward, lines(hidden | {"published": True}))) == (0, 1, 0, 0)
    assert len(embedded.client().get("/associations").json()["items"]) == 1


def test_an_export_shows_one_state_of_the_database(installation: Installation) -> None:
    steward = installation.client("steward")
    import_bytes(installation, steward, lines(ASSOCIATION | {"kind": "association", "key": "a"}))
    with reading(installation.app.state.engine) as session:
        pieces = export_records(session, RecordKind.ASSOCIATION, FileFormat.CSV)
        first = next(pieces)
        later = {"kind": "association", "key": "b", "name": {"wo": "Mbootaay"}, "origin": ["SN"]}
        import_bytes(installation, steward, lines(later))
        assert b"Mbootaay" not in first + b"".join(pieces)
    assert b"Mbootaay" in exported(steward, "association", "csv")


def test_partnerships_that_stay_as_they_are_are_no_change(installation: Installation) -> None:
    steward = installation.client("steward")
    towns = [AUTHORITY | {"kind": "authority", "key": key} for key in ("one", "two")]
    content = lines(*towns, {"kind": "partnership", "query": "one", "candidate": "two"})
    changes = []
    for _ in range(3):
        import_bytes(installation, steward, content)
        with reading(installation.app.state.engine) as session:
            changes.append(counter_values(session)["partnership"])
    assert changes == [1, 1, 1]


def test_an_import_of_which_nothing_can_be_accepted_ends_early(installation: Installation) -> None:
    steward = installation.client("steward")
    good = json.dumps(ASSOCIATION | {"kind": "association", "key": "good"}).encode()
    job = import_bytes(installation, steward, b"x\n" * 999 + good + b"\n" + b"x\n" * 5_000, format="jsonl")
    assert (job["state"], job["done"], job["total"]) == ("failed", 2_000, 6_000)
    assert job["result"]["created"] == 1
    rejected = steward.get(f"/jobs/{job['id']}/remarks", params={"rejected": "true", "limit": 1}).json()[
        "items"
    ]
    assert rejected[0]["line"] == 1
    assert job["detail"].startswith("The last 1,000 rows were all rejected")


def test_a_row_with_many_faults_is_remarked_on_twenty_times(embedded: Installation) -> None:
    steward = embedded.client("steward")
    wrong = ASSOCIATION | {"kind": "association", "key": "a"} | {f"k{n}": 1 for n in range(300)}
    job = import_bytes(embedded, steward, json.dumps(wrong).encode())
    remarks = steward.get(f"/jobs/{job['id']}/remarks").json()["items"]
    assert len(remarks) == 21
    assert remarks[-1]["reason"] == "In all, 300 values of this row cannot be accepted."
    assert {remark["line"] for remark in remarks} == {1}
