"""``passerelle evaluate``: how well partnerships that came later are found from those that were known before."""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.environment import fail, print_message
from schemas.inputs import JsonObject

if TYPE_CHECKING:
    from matching import Band, RankingMetrics
    from seed.evaluation import Scored

LEARNT = "passerelle, learnt"


def evaluate(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="An evaluation pack.", exists=True, file_okay=False)
    ],
    ranking_out: Annotated[
        Path | None,
        typer.Option(help="Write query, candidate, rank and score of the first twenty here.", dir_okay=False),
    ] = None,
    with_cold_start: Annotated[
        bool,
        typer.Option(
            "--cold-start", help="Rank also with the latest 0, 1, 3 and 10 partnerships of each candidate."
        ),
    ] = False,
    with_learning: Annotated[
        bool,
        typer.Option(
            "--learn",
            help="Learn weights and likelihoods from the known partnerships too, and see what came of them.",
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Rank candidates for the queries of a pack, learning from its known partnerships only, and compare with what came true."""
    # With the model comes scikit-learn, and no other command should wait for it.
    from seed.evaluation import PackError, cold_start, figures, loaded_pack, rank_by_model, rank_learnt

    bands: Sequence[Band] = ()

    try:
        with loaded_pack(folder, print_message) as pack:
            rankings = rank_by_model(pack)
            found = figures(pack, rankings)
            if with_cold_start:
                found |= {_known(most): item for most, item in cold_start(pack).items()}
            if with_learning:
                learnt = rank_learnt(pack)
                found |= {LEARNT: learnt.figures}
                bands = learnt.bands
    except PackError as error:
        raise fail(str(error)) from None
    if ranking_out is not None:
        _write(ranking_out, rankings)
    if as_json:
        typer.echo(json.dumps(_as_json(found, bands)))
    elif found:
        _show(found, bands)
    else:
        print_message(f"{len(rankings)} queries ranked; the pack does not say what came true.")


def _as_json(found: "Mapping[str, RankingMetrics]", bands: "Sequence[Band]") -> JsonObject:
    report: JsonObject = {name: {"queries": item.queries, **item.named()} for name, item in found.items()}
    if bands:
        report[LEARNT]["bands"] = [asdict(band) for band in bands]
    return report


def _show(found: "Mapping[str, RankingMetrics]", bands: "Sequence[Band]") -> None:
    typer.echo(f"{'ranking':<24}{'queries':>9}{'recall@10':>11}{'ndcg@10':>9}{'mrr@10':>8}{'gini@10':>9}")
    for name, item in found.items():
        typer.echo(
            f"{name:<24}{item.queries:>9}{item.recall:>11.4f}{item.ndcg:>9.4f}{item.mrr:>8.4f}{item.gini:>9.4f}"
        )
    if bands:
        _show_bands(bands)


def _show_bands(bands: "Sequence[Band]") -> None:
    typer.echo(f"\n{'likelihood':<24}{'pairs':>9}{'expected':>11}{'came true':>11}")
    for band in bands:
        name = f"{band.least:.0%} to {band.most:.0%}"
        typer.echo(f"{name:<24}{band.pairs:>9}{band.expected:>11.3f}{band.observed:>11.3f}")


def _known(most: int | None) -> str:
    return "passerelle, all known" if most is None else f"passerelle, {most} known"


def _write(target: Path, rankings: "Mapping[str, Scored]") -> None:
    with target.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["query", "candidate", "rank", "score"])
        for query, ranked in rankings.items():
            for rank, (candidate, score) in enumerate(ranked, 1):
                writer.writerow([query, candidate, rank, f"{score:.6f}"])
