"""Stored lists belong to a generation, that of the ruleset that made them; one generation is shown.

Revision: 0007
Follows: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

LISTS = ("suggestion", "suggestion_list")
KEYS = {"suggestion": ["subject_number", "candidate_number"], "suggestion_list": ["subject_number"]}


def upgrade() -> None:
    op.create_table(
        "generation",
        sa.Column("ruleset_version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["ruleset_version"], ["ruleset.version"], name=op.f("fk_generation_ruleset_version")),
        sa.PrimaryKeyConstraint("ruleset_version", name=op.f("pk_generation")),
    )
    op.create_index(
        "uq_generation_shown",
        "generation",
        ["shown"],
        unique=True,
        sqlite_where=sa.text("shown"),
        postgresql_where=sa.text("shown"),
    )
    # Until now lists were replaced in place: all there are count as the active ruleset's.
    op.execute("INSERT INTO generation (ruleset_version, shown, whole) SELECT version, true, true FROM ruleset WHERE state = 'active'")
    with op.batch_alter_table("suggestion") as table:
        table.add_column(sa.Column("ruleset_version", sa.Integer(), nullable=True))
    for name in LISTS:
        op.execute(f"UPDATE {name} SET ruleset_version = (SELECT ruleset_version FROM generation)")  # noqa: S608 - names of ours
        op.execute(f"DELETE FROM {name} WHERE ruleset_version IS NULL")  # noqa: S608
        with op.batch_alter_table(name) as table:
            table.alter_column("ruleset_version", existing_type=sa.Integer(), nullable=False)
            table.drop_constraint(op.f(f"pk_{name}"), type_="primary")
            table.create_primary_key(op.f(f"pk_{name}"), [*KEYS[name], "ruleset_version"])
            table.create_foreign_key(
                op.f(f"fk_{name}_ruleset_version"), "generation", ["ruleset_version"], ["ruleset_version"]
            )


def downgrade() -> None:
    for name in LISTS:
        op.execute(
            f"DELETE FROM {name} WHERE ruleset_version NOT IN (SELECT ruleset_version FROM generation WHERE shown)"  # noqa: S608
        )
        with op.batch_alter_table(name) as table:
            table.drop_constraint(op.f(f"fk_{name}_ruleset_version"), type_="foreignkey")
            table.drop_constraint(op.f(f"pk_{name}"), type_="primary")
            table.create_primary_key(op.f(f"pk_{name}"), KEYS[name])
    with op.batch_alter_table("suggestion") as table:
        table.drop_column("ruleset_version")
    op.drop_table("generation")
