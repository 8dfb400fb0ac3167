"""What came of a job that has more to tell than what became of the lines of a file; from what a ruleset was learnt.

Revision: 0008
Follows: 0007
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("job", sa.Column("result", DOCUMENT, nullable=True))
    op.add_column("ruleset", sa.Column("evidence", DOCUMENT, nullable=True))


def downgrade() -> None:
    op.drop_column("ruleset", "evidence")
    op.drop_column("job", "result")
