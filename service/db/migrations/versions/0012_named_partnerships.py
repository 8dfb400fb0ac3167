"""A partnership is named by one side, and confirmed or denied by the other.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString(length=12)
    with op.batch_alter_table("partnership") as table:
        # Who recorded what there is already is not known: it stays in the track record.
        table.add_column(sa.Column("state", text, nullable=False, server_default="confirmed"))
        table.add_column(sa.Column("named_by", text, nullable=True))
    with op.batch_alter_table("partnership") as table:
        table.alter_column("state", existing_type=text, server_default=None)


def downgrade() -> None:
    op.execute("DELETE FROM partnership WHERE state <> 'confirmed'")
    with op.batch_alter_table("partnership") as table:
        table.drop_column("named_by")
        table.drop_column("state")
