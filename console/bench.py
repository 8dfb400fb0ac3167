"""``passerelle bench``: how quick matching is and how well it reads, against named libraries measured in the same run."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from console.environment import expect_many_objects, fail, print_message
from service.clock import now

app = typer.Typer(help="Measure, in one run, against named libraries.", no_args_is_help=True)


@app.callback()
def bench() -> None:
    """Measure, in one run, against named libraries."""


@app.command("match")
def match(
    associations: Annotated[int, typer.Option(min=1, metavar="N", help="How many ask.")] = 100_000,
    candidates: Annotated[int, typer.Option(min=100, metavar="M", help="Among how many.")] = 120_000,
    nonzeros: Annotated[
        int, typer.Option(min=0, help="About how many values a row keeps; 0: all, as in the model.")
    ] = 49,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """The matching core against scikit-learn ``NearestNeighbors`` (brute force) and sparse_dot_topn, on generated profiles."""
    # With the model comes scikit-learn, and no other command should wait for it.
    from bench.generated_profiles import new_generator

    try:
        from bench.match import measure
    except ModuleNotFoundError as missing:
        raise fail(
            f"{missing.name} is not installed. Install the packages for benchmarks: pip install passerelle[bench]"
        ) from None
    _show(
        asdict(measure(new_generator(), associations, candidates, nonzeros, print_message)), as_json=as_json
    )


@app.command("model")
def model(
    profiles: Annotated[int, typer.Option(min=100, metavar="N", help="How many profiles.")] = 100_000,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Whole suggestions, with conditions, track record and reasons, on generated profiles of all kinds."""
    # With the model comes scikit-learn, and no other command should wait for it.
    from bench.generated_profiles import new_generator
    from bench.model import measure

    expect_many_objects()

    _show(asdict(measure(new_generator(), profiles, now().date(), print_message)), as_json=as_json)


def _show(found: dict[str, float], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(found))
        return
    for name, value in found.items():
        typer.echo(f"{name:<24}{value:>12,.4g}")


@app.command("languages")
def languages(
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """How surely a text finds what says the same in another language: French, English, Spanish, Italian, Portuguese."""
    # With the model comes scikit-learn, and no other command should wait for it.
    from bench.languages import measure

    found = measure()
    if as_json:
        typer.echo(json.dumps({name: asdict(item) for name, item in found.items()}))
        return
    typer.echo(f"{'precision@1 across languages':<30}{'in hand':>9}{'unseen':>9}")
    for name, item in found.items():
        typer.echo(f"{name:<30}{item.seen:>9.3f}{item.unseen:>9.3f}")
