"""``passerelle token``: tokens of the API: made and shown once, listed, revoked."""

import json
from typing import Annotated
from uuid import UUID

import typer
from pydantic import TypeAdapter, ValidationError

from console.environment import COMMAND_LINE, fail, prepared_engine, print_message
from schemas.language import Language
from schemas.tokens import TokenName, TokenPublic
from schemas.wording import render
from service.accounts.service import create_token, list_tokens, revoke_token
from service.accounts.views import token_view
from service.clock import now
from service.db.session import reading, unit_of_work
from service.errors import Problem
from service.profiles.service import find_organisation
from service.security.authentication import AccountRole

TOKENS_AT_ONCE = 1_000
app = typer.Typer(help="Tokens of the API.", no_args_is_help=True)


@app.command()
def create(
    role: Annotated[AccountRole, typer.Option(help="What the token may do: member, steward or admin.")],
    name: Annotated[str, typer.Option(help="Whose token it is; it stands beside what is done with it.")],
    organisation: Annotated[
        str | None, typer.Option(help="Identifier or key of the profile that a member speaks for.")
    ] = None,
    expires: Annotated[
        int | None,
        typer.Option(
            metavar="DAYS",
            min=1,
            max=3_650,
            help="For how many days it is valid; without it, until it is revoked.",
        ),
    ] = None,
) -> None:
    """Make a token and print it, this once, as the last word on standard output."""
    try:
        name = TypeAdapter(TokenName).validate_python(name)
    except ValidationError:
        raise typer.BadParameter(
            "give a name of 1 to 120 characters that can be read", param_hint="--name"
        ) from None
    try:
        with prepared_engine() as engine, unit_of_work(engine) as session:
            profile = find_organisation(session, organisation) if organisation else None
            _, token = create_token(
                session,
                role=role,
                name=name,
                organisation=profile,
                by=COMMAND_LINE,
                now=now(),
                days=expires,
            )
    except Problem as error:
        raise fail(render(Language.EN, error.detail)) from None
    print_message("Keep this token: it is not shown again.")
    typer.echo(token)


@app.command("list")
def list_all(
    as_json: Annotated[bool, typer.Option("--json", help="Print the list as JSON.")] = False,
) -> None:
    """List all tokens, the latest first, with when they were last used. The tokens themselves are kept nowhere."""
    with prepared_engine() as engine, reading(engine) as session:
        tokens: list[TokenPublic] = []
        while True:
            found = list_tokens(session, after=tokens[-1].id if tokens else None, limit=TOKENS_AT_ONCE)
            tokens += [token_view(*item, Language.EN, now()) for item in found]
            if len(found) <= TOKENS_AT_ONCE:
                break
    if as_json:
        typer.echo(json.dumps([token.model_dump(mode="json") for token in tokens], ensure_ascii=False))
        return
    for token in tokens:
        typer.echo(_line(token))


def _line(token: TokenPublic) -> str:
    used = f"used {token.last_used_at:%Y-%m-%d}" if token.last_used_at else "never used"
    until = f"until {token.expires_at:%Y-%m-%d}" if token.expires_at else ""
    named = f"{token.name} ({token.organisation.name})" if token.organisation else token.name
    return f"{token.id}  {token.role:<8}{token.state:<9}{used:<17}{until:<18}{named}"


@app.command()
def revoke(
    identifier: Annotated[UUID, typer.Argument(metavar="ID", help="As `passerelle token list` shows it.")],
) -> None:
    """Have a token be valid no more, from this moment on."""
    try:
        with prepared_engine() as engine, unit_of_work(engine) as session:
            revoke_token(session, identifier, by=COMMAND_LINE, now=now())
    except Problem as error:
        raise fail(render(Language.EN, error.detail)) from None
    print_message("This token is valid no more.")
