"""The tables of the first version.

Revision: 0001
Follows:
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from service.db.text_search import create_text_search, drop_text_search
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "corridor",
        sa.Column("origin", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("residence", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("stock", sa.Integer(), nullable=True),
        sa.Column("statement", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.PrimaryKeyConstraint("origin", "residence", "source", name=op.f("pk_corridor")),
    )
    op.create_table(
        "counter",
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counter")),
    )
    op.create_table(
        "idempotent_request",
        sa.Column("actor", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=255), nullable=False),
        sa.Column("request_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("body", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("actor", "key", name=op.f("pk_idempotent_request")),
    )
    with op.batch_alter_table("idempotent_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_idempotent_request_created_at"), ["created_at"], unique=False)

    op.create_table(
        "precedent",
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("document", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_precedent")),
    )
    op.create_table(
        "profile",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("document", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("sources", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("owner_number", sa.Integer(), nullable=True),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("change_number", sa.Integer(), nullable=False),
        sa.Column("record_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_number"], ["profile.number"], name=op.f("fk_profile_owner_number"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_profile")),
        sa.UniqueConstraint("id", name=op.f("uq_profile_id")),
        sa.UniqueConstraint("key", name=op.f("uq_profile_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("profile", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_profile_change_number"), ["change_number"], unique=False)
        batch_op.create_index("ix_profile_kind_number", ["kind", "number"], unique=False)
        batch_op.create_index(batch_op.f("ix_profile_owner_number"), ["owner_number"], unique=False)

    op.create_table(
        "profile_deletion",
        sa.Column("change_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("profile_number", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.PrimaryKeyConstraint("change_number", name=op.f("pk_profile_deletion")),
    )
    op.create_table(
        "ruleset",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=True),
        sa.Column("settings", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_by", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("activated_by", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=True),
        sa.Column("activated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("activation_reason", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=True),
        sa.Column("retired_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("history", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["based_on"], ["ruleset.version"], name=op.f("fk_ruleset_based_on")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_ruleset")),
        sa.UniqueConstraint("id", name=op.f("uq_ruleset_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("ruleset", schema=None) as batch_op:
        batch_op.create_index(
            "uq_ruleset_active",
            ["state"],
            unique=True,
            sqlite_where=sa.text("state = 'active'"),
            postgresql_where=sa.text("state = 'active'"),
        )

    op.create_table(
        "territory",
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("country", sqlmodel.sql.sqltypes.AutoString(length=2), nullable=False),
        sa.Column("level", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("names", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("parent", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("path", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_territory")),
    )
    with op.batch_alter_table("territory", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_territory_country"), ["country"], unique=False)
        batch_op.create_index(batch_op.f("ix_territory_parent"), ["parent"], unique=False)

    op.create_table(
        "api_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("organisation_number", sa.Integer(), nullable=True),
        sa.Column("token_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("revoked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_number"],
            ["profile.number"],
            name=op.f("fk_api_token_organisation_number"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_api_token_organisation_number"), ["organisation_number"], unique=False
        )

    op.create_table(
        "partnership",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("query_number", sa.Integer(), nullable=False),
        sa.Column("candidate_number", sa.Integer(), nullable=False),
        sa.Column("since", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=True),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=True),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("updated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_number"],
            ["profile.number"],
            name=op.f("fk_partnership_candidate_number"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["query_number"], ["profile.number"], name=op.f("fk_partnership_query_number"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_partnership")),
        sa.UniqueConstraint("id", name=op.f("uq_partnership_id")),
        sa.UniqueConstraint(
            "query_number", "candidate_number", name=op.f("uq_partnership_query_number_candidate_number")
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("partnership", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partnership_candidate_number"), ["candidate_number"], unique=False
        )

    op.create_table(
        "profile_label",
        sa.Column("label", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("profile_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["profile_number"],
            ["profile.number"],
            name=op.f("fk_profile_label_profile_number"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("label", "kind", "profile_number", name=op.f("pk_profile_label")),
    )
    with op.batch_alter_table("profile_label", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_profile_label_profile_number"), ["profile_number"], unique=False)

    op.create_table(
        "territory_name",
        sa.Column(
            "folded",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("territory_code", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("country", sqlmodel.sql.sqltypes.AutoString(length=2), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("weight", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["territory_code"],
            ["territory.code"],
            name=op.f("fk_territory_name_territory_code"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("folded", "territory_code", name=op.f("pk_territory_name")),
    )
    with op.batch_alter_table("territory_name", schema=None) as batch_op:
        batch_op.create_index("ix_territory_name_country_folded", ["country", "folded"], unique=False)
        batch_op.create_index(batch_op.f("ix_territory_name_weight"), ["weight"], unique=False)

    op.create_table(
        "decision",
        sa.Column("subject_number", sa.Integer(), nullable=False),
        sa.Column("candidate_number", sa.Integer(), nullable=False),
        sa.Column("decision", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=True),
        sa.Column("decided_by", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("decided_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_number"], ["profile.number"], name=op.f("fk_decision_subject_number"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["candidate_number"], ["profile.number"], name=op.f("fk_decision_candidate_number"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("subject_number", "candidate_number", name=op.f("pk_decision")),
    )
    op.create_index(op.f("ix_decision_candidate_number"), "decision", ["candidate_number"], unique=False)
    op.execute("INSERT INTO counter (name, value) VALUES ('profile', 0), ('partnership', 0)")
    create_text_search(op.get_bind())


def downgrade() -> None:
    drop_text_search(op.get_bind())
    op.drop_table("decision")
    with op.batch_alter_table("territory_name", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_territory_name_weight"))
        batch_op.drop_index("ix_territory_name_country_folded")

    op.drop_table("territory_name")
    with op.batch_alter_table("profile_label", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_profile_label_profile_number"))

    op.drop_table("profile_label")
    with op.batch_alter_table("partnership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partnership_candidate_number"))

    op.drop_table("partnership")
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_token_organisation_number"))

    op.drop_table("api_token")
    with op.batch_alter_table("territory", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_territory_parent"))
        batch_op.drop_index(batch_op.f("ix_territory_country"))

    op.drop_table("territory")
    with op.batch_alter_table("ruleset", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_ruleset_active",
            sqlite_where=sa.text("state = 'active'"),
            postgresql_where=sa.text("state = 'active'"),
        )

    op.drop_table("ruleset")
    op.drop_table("profile_deletion")
    with op.batch_alter_table("profile", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_profile_owner_number"))
        batch_op.drop_index("ix_profile_kind_number")
        batch_op.drop_index(batch_op.f("ix_profile_change_number"))

    op.drop_table("profile")
    op.drop_table("precedent")
    with op.batch_alter_table("idempotent_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_idempotent_request_created_at"))

    op.drop_table("idempotent_request")
    op.drop_table("counter")
    op.drop_table("corridor")
