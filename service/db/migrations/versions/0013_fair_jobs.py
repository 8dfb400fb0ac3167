"""A job knows whose it is and how often whoever was at it died.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

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


def downgrade() -> None:
    with op.batch_alter_table("job") as table:
        table.drop_column("times_dropped")
        table.drop_column("caller")
