"""Lists hold authorities of both sides, and name together those that govern the same.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Lists as they are know nothing of sides: any authority may change them until they are made again.
    with op.batch_alter_table("suggestion_list") as table:
        table.add_column(sa.Column("one_sided", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("suggestion_list") as table:
        table.alter_column("one_sided", existing_type=sa.Boolean(), server_default=None)
    with op.batch_alter_table("suggestion") as table:
        table.add_column(sa.Column("together_with", DOCUMENT, nullable=False, server_default="[]"))
    with op.batch_alter_table("suggestion") as table:
        table.alter_column("together_with", existing_type=DOCUMENT, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("suggestion") as table:
        table.drop_column("together_with")
    with op.batch_alter_table("suggestion_list") as table:
        table.drop_column("one_sided")
