"""Tokens know the one that their holder made them with.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("api_token") as table:
        table.add_column(sa.Column("made_with", sa.Uuid(), nullable=True))
    with op.batch_alter_table("api_token") as table:
        table.create_foreign_key(
            table.f("fk_api_token_made_with"), "api_token", ["made_with"], ["id"], ondelete="CASCADE"
        )
        table.create_index(table.f("ix_api_token_made_with"), ["made_with"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("api_token") as table:
        table.drop_index(table.f("ix_api_token_made_with"))
        table.drop_constraint(table.f("fk_api_token_made_with"), type_="foreignkey")
        table.drop_column("made_with")
