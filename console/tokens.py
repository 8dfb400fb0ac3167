"""``passerelle token``: tokens of the API, shown once."""

from typing import Annotated

import typer

from console.environment import fail, prepared_engine, print_message
from schemas.language import Language
from schemas.wording import render
from service.accounts.service import create_token
from service.clock import now
from service.db.session import unit_of_work
from service.errors import Problem
from service.profiles.service import find_organisation
from service.security.authentication import AccountRole

app = typer.Typer(help="Tokens of the API.", no_args_is_help=True)


@app.callback()
def _tokens() -> None:
    """Tokens of the API."""


@app.command()
def create(
    role: Annotated[AccountRole, typer.Option(help="What the token may do: member, steward or admin.")],
    name: Annotated[str, typer.Option(help="Whose token it is; it stands beside what is done with it.")],
    organisation: Annotated[
        str | None, typer.Option(help="Identifier or key of the profile that a member speaks for.")
    ] = None,
) -> None:
    """Make a token and print it, this once, as the last word on standard output."""
    if not 1 <= len(name.strip()) <= 120:
        raise typer.BadParameter("give a name of 1 to 120 characters", param_hint="--name")
    try:
        with prepared_engine() as engine, unit_of_work(engine) as session:
            profile = find_organisation(session, organisation) if organisation else None
            token = create_token(session, role=role, name=name.strip(), organisation=profile, now=now())
    except Problem as error:
        raise fail(render(Language.EN, error.detail)) from None
    print_message("Keep this token: it is not shown again.")
    typer.echo(token)
