"""Import records that matching tests share; places are resolved by hand."""

from typing import Any

Record = dict[str, Any]

KAOLACK: Record = {"country": "SN", "code": "SN-KL", "path": ["SN", "SN-KL"]}
DIOURBEL: Record = {"country": "SN", "code": "SN-DB", "path": ["SN", "SN-DB"]}
PADUA: Record = {"country": "IT", "code": "IT-PD", "path": ["IT", "IT-34", "IT-PD"]}
VENETO: Record = {"country": "IT", "code": "IT-34", "path": ["IT", "IT-34"]}
SICILY: Record = {"country": "IT", "code": "IT-82", "path": ["IT", "IT-82"]}
MAHDIA: Record = {"country": "TN", "code": "TN-53", "path": ["TN", "TN-53"]}


def association(key: str = "friends", **fields: Any) -> Record:
    """An association from Kaolack in Padua that gives small loans, with some fields changed."""
    return {
        "kind": "association",
        "key": key,
        "name": key,
        "origin": [KAOLACK],
        "residence": [PADUA],
        "sectors": ["24040"],
        "priorities": ["communities"],
        **fields,
    }


def authority(key: str, territory: Record, role: str | None = None, **fields: Any) -> Record:
    """An authority of a territory."""
    return {"kind": "authority", "key": key, "name": key, "territory": territory, "role": role, **fields}


def programme(key: str = "fund", **fields: Any) -> Record:
    """A programme from Senegal to Italy, with some fields changed."""
    return {"kind": "programme", "key": key, "name": key, "origin": ["SN"], "residence": ["IT"], **fields}


def project(key: str = "well", **fields: Any) -> Record:
    """A project in Kaolack."""
    return {"kind": "project", "key": key, "name": key, "origin": [KAOLACK], "sectors": ["14031"], **fields}


CANDIDATES: list[Record] = [
    authority("veneto", VENETO, "residence"),
    authority("kaolack", KAOLACK, "origin", sectors=["24040"]),
    authority("diourbel", DIOURBEL, "origin"),
    authority("sicily", SICILY, "residence"),
    authority("mahdia", MAHDIA, "origin"),
    programme(),
    association("tunisians", origin=[MAHDIA], residence=[SICILY], sectors=["11330"], priorities=["rights"]),
]
