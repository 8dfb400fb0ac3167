"""Query parameters: whatever their route, they hold only text that every database can take."""

from fastapi import Request

from schemas.inputs import UNSTORABLE, storable
from schemas.translation import Message
from service.errors import Invalid


def check_query_texts(request: Request) -> None:
    """Raise ``Invalid`` for a parameter with a NUL character: PostgreSQL refuses it wherever it is compared."""
    for name, value in request.query_params.multi_items():
        if not storable(value):
            raise Invalid.at(f"/query/{name}", Message(UNSTORABLE))
