"""How Alembic runs a migration: on the connection it is handed, in one transaction."""

from alembic import context

import service.db.tables  # noqa: F401 - registers every table
from service.db.base import metadata

TEXT_SEARCH = "profile_text"
"""Tables of the text search are not described by models (see service/db/text_search.py)."""


def _is_ours(_item: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
    return not (kind == "table" and name is not None and name.startswith(TEXT_SEARCH))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    include_object=_is_ours,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
