"""When each profile was last confirmed (at first, when it was last changed), when its sender was asked to, and a count of changes of corridors.

Revision: 0004
Follows: 0003
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # No table is rebuilt for this: on SQLite that would take along all that hangs on the profiles.
    column = sa.Column(
        "confirmed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False, server_default="1970-01-01 00:00:00"
    )
    op.add_column("profile", column)
    op.execute("INSERT INTO counter (name, value) VALUES ('corridor', 0)")
    asked = sa.Column("asked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True)
    op.add_column("subscription", asked)
    op.execute("UPDATE profile SET confirmed_at = updated_at")
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column("profile", "confirmed_at", server_default=None)


def downgrade() -> None:
    op.execute("DELETE FROM counter WHERE name = 'corridor'")
    op.drop_column("subscription", "asked_at")
    op.drop_column("profile", "confirmed_at")
