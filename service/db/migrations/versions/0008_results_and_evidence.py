"""What came of a job that has more to tell than what became of the lines of a file; from what a ruleset was learnt, and where it is known from.

Revision: 0008
Follows: 0007
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("job", sa.Column("result", DOCUMENT, nullable=True))
    op.add_column("ruleset", sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=True))
    op.add_column("ruleset", sa.Column("evidence", DOCUMENT, nullable=True))


def downgrade() -> None:
    op.drop_column("ruleset", "evidence")
    op.drop_column("ruleset", "source")
    op.drop_column("job", "result")
