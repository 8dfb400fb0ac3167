"""Programmes have a state: nobody may have confirmed them, and news of one that was planned comes again when it opens.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None
KEY = ("subscription_id", "subject_number", "candidate_number")
COLUMNS = ", ".join((*KEY, "digest_id", "position"))


def upgrade() -> None:
    with op.batch_alter_table("profile") as table:
        table.alter_column(
            "confirmed_at", existing_type=sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True
        )
    # What a report tells of programmes was never confirmed by those who run them.
    op.execute(
        "UPDATE profile SET confirmed_at = NULL "
        "WHERE kind = 'programme' AND key LIKE 'documented:%' AND version = 1"
    )
    with op.batch_alter_table("suggestion") as table:
        table.add_column(sa.Column("not_yet_open", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("suggestion") as table:
        table.alter_column("not_yet_open", existing_type=sa.Boolean(), server_default=None)
    op.execute("CREATE TABLE digest_item_kept AS SELECT * FROM digest_item")
    op.drop_table("digest_item")
    _create_digest_item(sa.Column("not_yet_open", sa.Boolean(), nullable=False))
    op.execute(f"INSERT INTO digest_item ({COLUMNS}, not_yet_open) SELECT {COLUMNS}, false FROM digest_item_kept")
    op.drop_table("digest_item_kept")


def downgrade() -> None:
    op.execute("CREATE TABLE digest_item_kept AS SELECT * FROM digest_item WHERE NOT not_yet_open")
    op.drop_table("digest_item")
    _create_digest_item()
    op.execute(f"INSERT INTO digest_item ({COLUMNS}) SELECT {COLUMNS} FROM digest_item_kept")
    op.drop_table("digest_item_kept")
    with op.batch_alter_table("suggestion") as table:
        table.drop_column("not_yet_open")
    op.execute("UPDATE profile SET confirmed_at = updated_at WHERE confirmed_at IS NULL")
    with op.batch_alter_table("profile") as table:
        table.alter_column(
            "confirmed_at", existing_type=sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False
        )


def _create_digest_item(*more_of_the_key: sa.Column) -> None:
    """The table of 0003 with another key: SQLite can change none."""
    references = {
        "subscription_id": "subscription.id",
        "subject_number": "profile.number",
        "candidate_number": "profile.number",
        "digest_id": "digest.id",
    }
    op.create_table(
        "digest_item",
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("subject_number", sa.Integer(), nullable=False),
        sa.Column("candidate_number", sa.Integer(), nullable=False),
        *more_of_the_key,
        sa.Column("digest_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [column], [referred], name=op.f(f"fk_digest_item_{column}"), ondelete="CASCADE"
            )
            for column, referred in references.items()
        ),
        sa.PrimaryKeyConstraint(*KEY, *(each.name for each in more_of_the_key), name=op.f("pk_digest_item")),
    )
    for column in ("candidate_number", "digest_id", "subject_number"):
        op.create_index(op.f(f"ix_digest_item_{column}"), "digest_item", [column])
