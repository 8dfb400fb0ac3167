"""Subscriptions are confirmed by the reader of their address, pause, and leave addresses alone that want no mail.

Revision ID: 0014
Revises: 0013
"""

import hashlib
import unicodedata

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

HASH = sqlmodel.sql.sqltypes.AutoString(length=64)
PURPOSE = sqlmodel.sql.sqltypes.AutoString(length=12)
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime()


def upgrade() -> None:
    with op.batch_alter_table("subscription") as table:
        table.add_column(sa.Column("address_hash", HASH, nullable=False, server_default=""))
        table.add_column(sa.Column("confirmed_at", MOMENT, nullable=True))
        table.add_column(sa.Column("paused_until", MOMENT, nullable=True))
    # Whoever is written to today has had mails with a link that ends them, and has not used it.
    op.execute("UPDATE subscription SET confirmed_at = created_at WHERE state = 'active'")
    _hash_addresses()
    with op.batch_alter_table("subscription") as table:
        table.alter_column("address_hash", existing_type=HASH, server_default=None)
        table.create_index(table.f("ix_subscription_address_hash"), ["address_hash"], unique=False)
    with op.batch_alter_table("digest") as table:
        table.add_column(sa.Column("purpose", PURPOSE, nullable=False, server_default="suggestions"))
    with op.batch_alter_table("digest") as table:
        table.alter_column("purpose", existing_type=PURPOSE, server_default=None)
    op.create_table(
        "former_unsubscribe_link",
        sa.Column("token", HASH, nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("address_hash", HASH, nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscription.id"],
            name=op.f("fk_former_unsubscribe_link_subscription_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_former_unsubscribe_link")),
    )
    with op.batch_alter_table("former_unsubscribe_link") as table:
        table.create_index(table.f("ix_former_unsubscribe_link_subscription_id"), ["subscription_id"], unique=False)
    op.create_table(
        "suppressed_address",
        sa.Column("address_hash", HASH, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("address_hash", name=op.f("pk_suppressed_address")),
    )
    op.create_table(
        "opt_in_quota",
        sa.Column("key_hash", HASH, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_opt_in_quota")),
    )


def _hash_addresses() -> None:
    connection = op.get_bind()
    table = sa.table("subscription", sa.column("id", sa.Uuid), sa.column("email"), sa.column("address_hash"))
    for identifier, email in connection.execute(sa.select(table.c.id, table.c.email)).all():
        folded = unicodedata.normalize("NFC", email.strip()).casefold()
        hashed = hashlib.sha256(folded.encode()).hexdigest()
        connection.execute(table.update().where(table.c.id == identifier).values(address_hash=hashed))


def downgrade() -> None:
    op.drop_table("opt_in_quota")
    op.drop_table("suppressed_address")
    op.drop_table("former_unsubscribe_link")
    op.execute("DELETE FROM digest WHERE purpose <> 'suggestions'")
    with op.batch_alter_table("digest") as table:
        table.drop_column("purpose")
    # A former version knows no subscription that waits for its reader.
    op.execute("DELETE FROM subscription WHERE state = 'unconfirmed'")
    with op.batch_alter_table("subscription") as table:
        table.drop_index(table.f("ix_subscription_address_hash"))
        table.drop_column("paused_until")
        table.drop_column("confirmed_at")
        table.drop_column("address_hash")
