"""Names of territories by country and weight: the subdivisions of one country are compared with a misspelt name.

Revision ID: 0009
Revises: 0008
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_territory_name_country_weight", "territory_name", ["country", "weight"])


def downgrade() -> None:
    op.drop_index("ix_territory_name_country_weight", "territory_name")
