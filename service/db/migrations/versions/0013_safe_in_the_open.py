"""A job knows whose it is and how often whoever was at it died; programmes lose a field that is none of theirs.

Revision ID: 0013
Revises: 0012
"""

import hashlib
import json
from typing import Any

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    caller = sqlmodel.sql.sqltypes.AutoString(length=120)
    with op.batch_alter_table("job") as table:
        table.add_column(sa.Column("caller", caller, nullable=False, server_default=""))
        table.add_column(sa.Column("times_dropped", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE job SET caller = created_by")
    with op.batch_alter_table("job") as table:
        table.alter_column("caller", existing_type=caller, server_default=None)
        table.alter_column("times_dropped", existing_type=sa.Integer(), server_default=None)
    with op.batch_alter_table("digest") as table:
        table.add_column(sa.Column("copies", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("digest") as table:
        table.alter_column("copies", existing_type=sa.Integer(), server_default=None)
    with op.batch_alter_table("api_token") as table:
        table.add_column(sa.Column("created_by", caller, nullable=False, server_default=""))
        table.add_column(sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        table.add_column(sa.Column("last_used_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
    with op.batch_alter_table("api_token") as table:
        table.alter_column("created_by", existing_type=caller, server_default=None)
    _set_longest_key(209, former=200)
    _forget_associations_of_programmes()


def _set_longest_key(longest: int, former: int) -> None:
    """A key may be longer than its sender's where another profile has that one."""
    for name in ("profile", "merged_profile"):
        with op.batch_alter_table(name) as table:
            old, new = (sqlmodel.sql.sqltypes.AutoString(length=length) for length in (former, longest))
            table.alter_column("key", existing_type=old, type_=new, existing_nullable=False)


def _forget_associations_of_programmes() -> None:
    """Programmes that a member registered were stored with its association, which their form does not know."""
    connection = op.get_bind()
    table = sa.table(
        "profile",
        sa.column("number", sa.Integer),
        sa.column("kind", sa.String),
        sa.column("document", sa.JSON().with_variant(JSONB(), "postgresql")),
        sa.column("record_hash", sa.String),
    )
    programmes = connection.execute(sa.select(table.c.number, table.c.document).where(table.c.kind == "programme")).all()
    for number, document in programmes:
        if "association" in document:
            del document["association"]
            values = {"document": document, "record_hash": _record_hash(document)}
            connection.execute(table.update().where(table.c.number == number).values(values))


def _record_hash(document: dict[str, Any]) -> str:
    """The hash of a programme's record as it is made today, with its places as they are given."""
    places = {name: [_given(place) for place in document[name]] for name in ("origin", "residence") if name in document}
    canonical = json.dumps(document | places, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _given(place: dict[str, Any]) -> Any:
    return place.get("code") or {name: place[name] for name in ("country", "place") if place.get(name)}


def downgrade() -> None:
    _set_longest_key(200, former=209)
    with op.batch_alter_table("digest") as table:
        table.drop_column("copies")
    with op.batch_alter_table("api_token") as table:
        for name in ("last_used_at", "expires_at", "created_by"):
            table.drop_column(name)
    with op.batch_alter_table("job") as table:
        table.drop_column("times_dropped")
        table.drop_column("caller")
