"""``passerelle db`` and ``passerelle seed``: the database's shape, and what a new one is filled with."""

from typing import Annotated

import typer

from console.environment import expect_many_objects, prepared_engine, print_message
from console.progress import progress_bar
from seed.loading import seed_database
from seed.synthetic.loader import load_synthetic
from service.db import migrate
from service.db.engine import open_engine
from service.settings import load_settings

app = typer.Typer(help="The database's migrations.", no_args_is_help=True)


@app.command()
def upgrade() -> None:
    """Bring the database to the shape that this version expects."""
    with prepared_engine() as engine:
        typer.echo(migrate.current(engine))


@app.command()
def current() -> None:
    """Print the last migration that ran on the database, and whether others are missing."""
    engine = open_engine(load_settings().database)
    found = migrate.current(engine)
    typer.echo(found or "empty")
    if found != migrate.head():
        print_message("The database is not up to date. Run: passerelle db upgrade")
    engine.dispose()


def seed(
    synthetic: Annotated[
        int, typer.Option(min=0, max=1_000_000, metavar="N", help="Generate this many organisations as well.")
    ] = 0,
    seed_number: Annotated[
        int, typer.Option("--seed", metavar="S", help="Which ones: the same number, the same organisations.")
    ] = 1,
) -> None:
    """Load the gazetteer and the documented initiatives; what is there already stays as it is."""
    with prepared_engine() as engine:
        seed_database(engine, print_message)
        if synthetic:
            expect_many_objects()
            with progress_bar() as progress:
                outcomes = load_synthetic(engine, synthetic, seed_number, progress)
            print_message(", ".join(f"{count:,} {outcome}" for outcome, count in outcomes.items()))
