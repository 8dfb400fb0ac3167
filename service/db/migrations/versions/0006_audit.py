"""The audit log, which takes over the history of rulesets; which ruleset one took the place of, and the key of its file.

Revision: 0006
Follows: 0005
"""

import hashlib
import json
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TEXT = sqlmodel.sql.sqltypes.AutoString
INSTANT = sqlmodel.sql.sqltypes.UTCDateTime
RULESETS = sa.table("ruleset", sa.column("id", sa.Uuid()), sa.column("version", sa.Integer()), sa.column("history", DOCUMENT))
ENTRIES = sa.table(
    "audit_entry",
    sa.column("number", sa.Integer()),
    sa.column("at", INSTANT()),
    sa.column("by", sa.String()),
    sa.column("kind", sa.String()),
    sa.column("subject_id", sa.Uuid()),
    sa.column("did", sa.String()),
    sa.column("details", sa.Text()),
    sa.column("hash", sa.String()),
)


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", INSTANT(), nullable=False),
        sa.Column("by", TEXT(length=120), nullable=False),
        sa.Column("kind", TEXT(length=20), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("did", TEXT(length=20), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("hash", TEXT(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_entry")),
    )
    op.create_index("ix_audit_entry_kind_subject_id", "audit_entry", ["kind", "subject_id"])
    _take_over_history()
    with op.batch_alter_table("ruleset") as table:
        table.drop_column("history")
        table.add_column(sa.Column("replaced", sa.Integer(), nullable=True))
        table.add_column(sa.Column("key", TEXT(length=60), nullable=True))
        table.create_index(op.f("ix_ruleset_key"), ["key"])
        table.create_foreign_key(op.f("fk_ruleset_replaced"), "ruleset", ["replaced"], ["version"])


def _take_over_history() -> None:
    connection = op.get_bind()
    steps: list[tuple[str, int, UUID, dict[str, Any]]] = [
        (step["at"], version, identifier, step)
        for identifier, version, history in connection.execute(sa.select(RULESETS.c.id, RULESETS.c.version, RULESETS.c.history))
        for step in history
    ]
    before = "0" * 64
    rows = []
    for number, (at, _version, identifier, step) in enumerate(sorted(steps, key=lambda step: step[:2]), 1):
        details = {name: value for name, value in step.items() if name not in ("at", "by", "did")}
        text = json.dumps(details, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        said = [number, at, step["by"], "ruleset", str(identifier), step["did"], text]
        before = hashlib.sha256(f"{before}\n{json.dumps(said, ensure_ascii=False)}".encode()).hexdigest()
        rows.append(
            {
                "number": number,
                "at": datetime.fromisoformat(at),
                "by": step["by"],
                "kind": "ruleset",
                "subject_id": identifier,
                "did": step["did"],
                "details": text,
                "hash": before,
            }
        )
    if rows:
        connection.execute(sa.insert(ENTRIES), rows)
    op.execute(f"INSERT INTO counter (name, value) VALUES ('audit', {len(rows)})")  # noqa: S608 - a number of ours


def downgrade() -> None:
    with op.batch_alter_table("ruleset") as table:
        table.drop_constraint(op.f("fk_ruleset_replaced"), type_="foreignkey")
        table.drop_index(op.f("ix_ruleset_key"))
        table.drop_column("key")
        table.drop_column("replaced")
        table.add_column(sa.Column("history", DOCUMENT, nullable=False, server_default="[]"))
    op.execute("DELETE FROM counter WHERE name = 'audit'")
    op.drop_table("audit_entry")
