"""Profiles that may be the same, profiles merged into others, the traces by which they are found, and a count of changes of who waits for whom.

Revision: 0005
Follows: 0004
"""

import json
from typing import Any

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

from matching import ComparableProfile, blocking_keys

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TEXT = sqlmodel.sql.sqltypes.AutoString
INSTANT = sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    op.create_table(
        "duplicate",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("first_number", sa.Integer(), nullable=False),
        sa.Column("second_number", sa.Integer(), nullable=False),
        sa.Column("degree", sa.Float(), nullable=False),
        sa.Column("because", DOCUMENT, nullable=False),
        sa.Column("state", TEXT(length=12), nullable=False),
        sa.Column("found_at", INSTANT(), nullable=False),
        sa.Column("decided_by", TEXT(length=120), nullable=True),
        sa.Column("decided_at", INSTANT(), nullable=True),
        sa.Column("reason", TEXT(length=2000), nullable=True),
        sa.ForeignKeyConstraint(
            ["first_number"], ["profile.number"], name=op.f("fk_duplicate_first_number"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["second_number"], ["profile.number"], name=op.f("fk_duplicate_second_number"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_duplicate")),
        sa.UniqueConstraint("first_number", "second_number", name=op.f("uq_duplicate_first_number_second_number")),
        sa.UniqueConstraint("id", name=op.f("uq_duplicate_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_duplicate_second_number"), "duplicate", ["second_number"])
    op.create_index(op.f("ix_duplicate_state"), "duplicate", ["state"])
    op.create_table(
        "merged_profile",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", TEXT(length=12), nullable=False),
        sa.Column("key", TEXT(length=200), nullable=False),
        sa.Column("into_number", sa.Integer(), nullable=False),
        sa.Column("document", DOCUMENT, nullable=False),
        sa.Column("sources", DOCUMENT, nullable=True),
        sa.Column("record_hash", TEXT(length=64), nullable=False),
        sa.Column("moved", DOCUMENT, nullable=False),
        sa.Column("created_at", INSTANT(), nullable=False),
        sa.Column("merged_at", INSTANT(), nullable=False),
        sa.Column("merged_by", TEXT(length=120), nullable=False),
        sa.Column("reason", TEXT(length=2000), nullable=False),
        sa.ForeignKeyConstraint(
            ["into_number"], ["profile.number"], name=op.f("fk_merged_profile_into_number"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merged_profile")),
        sa.UniqueConstraint("key", name=op.f("uq_merged_profile_key")),
    )
    op.create_index(op.f("ix_merged_profile_into_number"), "merged_profile", ["into_number"])
    _trace_profiles()
    op.execute("INSERT INTO counter (name, value) VALUES ('decision', 0)")


def _trace_profiles() -> None:
    connection = op.get_bind()
    insert = sa.text("INSERT INTO profile_label (label, kind, profile_number) VALUES (:label, :kind, :number)")
    profiles = connection.execute(sa.text("SELECT number, kind, document FROM profile"))
    for some in profiles.partitions(1_000):
        rows = [
            {"label": f"like:{trace}", "kind": kind, "number": number}
            for number, kind, document in some
            for trace in blocking_keys(ComparableProfile({**_read(document), "kind": kind}))
        ]
        if rows:
            connection.execute(insert, rows)


def _read(document: Any) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(document) if isinstance(document, str) else document
    return read


def downgrade() -> None:
    op.execute("DELETE FROM counter WHERE name = 'decision'")
    op.execute("DELETE FROM profile_label WHERE label LIKE 'like:%'")
    op.drop_table("merged_profile")
    op.drop_table("duplicate")
