"""Background work: the outbox, stored suggestions, subscriptions and digests.

Revision: 0003
Follows: 0002
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "heartbeat",
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("seen_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("role", "name", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "measurement",
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("last_seconds", sa.Float(), nullable=False),
        sa.Column("measured_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_measurement")),
    )
    op.create_table(
        "outbox",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("topic", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("payload", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("request_id", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("lease_owner", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=True),
        sa.Column("lease_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_outbox")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_topic"), ["topic"], unique=False)

    op.create_table(
        "subscription",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_number", sa.Integer(), nullable=False),
        sa.Column("email", sqlmodel.sql.sqltypes.AutoString(length=254), nullable=False),
        sa.Column("frequency", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(length=2), nullable=False),
        sa.Column("timezone", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("end_class", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=True),
        sa.Column("end_reason", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=True),
        sa.Column("next_due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("unsubscribe_token", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_number"],
            ["profile.number"],
            name=op.f("fk_subscription_organisation_number"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        sa.UniqueConstraint("organisation_number", name=op.f("uq_subscription_organisation_number")),
        sa.UniqueConstraint("unsubscribe_token", name=op.f("uq_subscription_unsubscribe_token")),
    )
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subscription_next_due_at"), ["next_due_at"], unique=False)

    op.create_table(
        "suggestion",
        sa.Column("subject_number", sa.Integer(), nullable=False),
        sa.Column("candidate_number", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("parts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("first_seen_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_number"],
            ["profile.number"],
            name=op.f("fk_suggestion_candidate_number"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["subject_number"],
            ["profile.number"],
            name=op.f("fk_suggestion_subject_number"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("subject_number", "candidate_number", name=op.f("pk_suggestion")),
    )
    with op.batch_alter_table("suggestion", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_suggestion_candidate_number"), ["candidate_number"], unique=False
        )

    op.create_table(
        "suggestion_list",
        sa.Column("subject_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ruleset_version", sa.Integer(), nullable=False),
        sa.Column("computed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_number"],
            ["profile.number"],
            name=op.f("fk_suggestion_list_subject_number"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("subject_number", name=op.f("pk_suggestion_list")),
    )
    op.create_table(
        "digest",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("period", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("lease_owner", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=True),
        sa.Column("lease_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("sending_since", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("perhaps_twice", sa.Boolean(), nullable=False),
        sa.Column("failure_class", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=True),
        sa.Column("failure", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=True),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sent_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscription.id"],
            name=op.f("fk_digest_subscription_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest")),
        sa.UniqueConstraint("subscription_id", "period", name=op.f("uq_digest_subscription_id_period")),
    )
    with op.batch_alter_table("digest", schema=None) as batch_op:
        batch_op.create_index("ix_digest_state_due_at", ["state", "due_at"], unique=False)

    op.create_table(
        "digest_item",
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("subject_number", sa.Integer(), nullable=False),
        sa.Column("candidate_number", sa.Integer(), nullable=False),
        sa.Column("digest_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_number"],
            ["profile.number"],
            name=op.f("fk_digest_item_candidate_number"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["digest_id"], ["digest.id"], name=op.f("fk_digest_item_digest_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["subject_number"],
            ["profile.number"],
            name=op.f("fk_digest_item_subject_number"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscription.id"],
            name=op.f("fk_digest_item_subscription_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "subscription_id", "subject_number", "candidate_number", name=op.f("pk_digest_item")
        ),
    )
    with op.batch_alter_table("digest_item", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_digest_item_candidate_number"), ["candidate_number"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_digest_item_digest_id"), ["digest_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_digest_item_subject_number"), ["subject_number"], unique=False)

    # Profiles of an earlier version have no stored suggestions yet.
    op.execute(
        "INSERT INTO outbox (topic, payload, attempts, due_at, created_at) "
        """SELECT 'rematch', '{"all": true}', 0, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP """
        "WHERE EXISTS (SELECT 1 FROM profile)"
    )


def downgrade() -> None:
    with op.batch_alter_table("digest_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_digest_item_subject_number"))
        batch_op.drop_index(batch_op.f("ix_digest_item_digest_id"))
        batch_op.drop_index(batch_op.f("ix_digest_item_candidate_number"))

    op.drop_table("digest_item")
    with op.batch_alter_table("digest", schema=None) as batch_op:
        batch_op.drop_index("ix_digest_state_due_at")

    op.drop_table("digest")
    op.drop_table("suggestion_list")
    with op.batch_alter_table("suggestion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_suggestion_candidate_number"))

    op.drop_table("suggestion")
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_subscription_next_due_at"))

    op.drop_table("subscription")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_topic"))

    op.drop_table("outbox")
    op.drop_table("measurement")
    op.drop_table("heartbeat")
