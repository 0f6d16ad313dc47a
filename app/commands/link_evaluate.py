"""`fitech link evaluate`: how good a linker is, on texts whose skills are known."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.commands.common import fail, sentences, workspace
from loaders.linking.registry import get_linker, linker_names

if TYPE_CHECKING:  # imported when used: the command line must start fast
    from app.progress import Progress
    from app.workspace import Workspace
    from loaders.linking.base import Linker
    from loaders.linking.evaluation.esco_files import EscoSkills
    from loaders.linking.evaluation.gold import GoldSet
    from loaders.linking.evaluation.measure import Wish

_FILE = click.Path(path_type=Path)


@click.command("evaluate")
@click.argument("gold", nargs=-1, required=True, type=_FILE, metavar="GOLD...")
@click.option(
    "--method", "methods", multiple=True, type=click.Choice(linker_names()),
    help="Linker to measure; repeat for several. Default: that of the last build.",
)  # fmt: skip
@click.option(
    "--baseline", "baselines", multiple=True, type=click.Choice((*linker_names(), "none")),
    default=("exact",), show_default=True, help="Linker to stand beside it; none for no other.",
)  # fmt: skip
@click.option(
    "--language", type=click.Choice(("en", "fi", "sv")),
    help="Only texts of this language; texts whose file does not say theirs are taken to be in it.",
)  # fmt: skip
@click.option(
    "--format", "output", type=click.Choice(("text", "json")), default="text", show_default=True
)
@click.option("--plot", type=click.Path(dir_okay=False, path_type=Path), help="Draw curves: an SVG.")
@click.option(
    "--esco", multiple=True, type=_FILE, metavar="PATH",
    help="ESCO's CSV files (zips, folders), or a data directory. Default: the data directory.",
)  # fmt: skip
@click.option(
    "--courses", multiple=True, type=_FILE, metavar="PATH",
    help="The courses whose sentences a file of judgements names.",
)  # fmt: skip
@click.option("--courses-loader", default="aalto", show_default=True, help="Loader of --courses.")
@click.option("--limit", type=click.IntRange(1), help="Only the first LIMIT texts of each file.")
@click.option("--depth", default=100, show_default=True, type=click.IntRange(10, 1000),
              help="Rows of each ranking.")  # fmt: skip
@click.option("--accept", default=0.7, show_default=True, type=click.FloatRange(0, 1),
              help="Confidence from which a link counts by itself.")  # fmt: skip
@click.option("--review", default=0.2, show_default=True, type=click.FloatRange(0, 1),
              help="Confidence from which a person looks at it.")  # fmt: skip
@click.option("--strict", is_flag=True, help="Only the main skills are right, not acceptable ones.")
@click.option(
    "--without-descriptions", is_flag=True,
    help="Keep ESCO's descriptions from the linkers: for gold sets made of these.",
)  # fmt: skip
@click.option(
    "--shipped", is_flag=True,
    help="Measure the shipped weights, not what fitech link retrain made of them here.",
)  # fmt: skip
@click.pass_context
@sentences
def link_evaluate(
    context: click.Context,
    gold: tuple[Path, ...],
    methods: tuple[str, ...],
    baselines: tuple[str, ...],
    language: str | None,
    output: str,
    plot: Path | None,
    esco: tuple[Path, ...],
    courses: tuple[Path, ...],
    courses_loader: str,
    limit: int | None,
    depth: int,
    accept: float,
    review: float,
    strict: bool,
    without_descriptions: bool,
    shipped: bool,
) -> None:
    """Measure linkers on GOLD: tables or JSON of texts with their ESCO skills.

    docs/evaluation.md tells the forms that are read, and what each figure means.
    """
    from app.learned import learned_weights
    from app.progress import console_progress
    from loaders.linking.evaluation.gold import GoldError
    from loaders.linking.evaluation.measure import Wish
    from loaders.linking.evaluation.plot import draw
    from loaders.linking.evaluation.report import to_text

    place = workspace(context)
    chosen = list(dict.fromkeys(methods or (place.settings().linker,)))
    beside = [name for name in baselines if name != "none" and name not in chosen]
    try:
        skills = _skills(place, esco)
        for note in skills.notes:
            click.echo(f"fitech: {note}", err=True)
        if without_descriptions:
            skills.concepts = [replace(each, descriptions={}) for each in skills.concepts]
        sets = list(_gold_sets(gold, language, limit, skills, courses, courses_loader))
        with console_progress() as progress:
            wish = Wish(accept, review, strict)
            learned = {} if shipped else learned_weights(place)
            linkers = {name: get_linker(name, learned) for name in (*chosen, *beside)}
            results = list(_measure(linkers, sets, skills, depth, wish, progress))
    except GoldError as error:
        fail(str(error))
    if plot:
        try:
            plot.write_text(draw(results), encoding="utf-8")
        except OSError as error:
            fail(f"{plot} cannot be written: {error.strerror or error}.")
    if output == "json":
        click.echo(json.dumps(_as_json(results, chosen), ensure_ascii=False, indent=2))
    else:
        click.echo(to_text(results), nl=False)


def _skills(place: Workspace, esco: Sequence[Path]) -> EscoSkills:
    from app.pipeline.esco_skills import esco_skills
    from app.workspace import Workspace
    from loaders.linking.evaluation.esco_files import read_esco

    if not esco:
        return esco_skills(place)
    if len(esco) == 1 and any((esco[0] / name).exists() for name in ("current", "staged")):
        return esco_skills(Workspace(esco[0]))
    return read_esco(esco)


def _gold_sets(
    paths: Sequence[Path],
    language: str | None,
    limit: int | None,
    skills: EscoSkills,
    courses: Sequence[Path],
    loader: str,
) -> Iterator[GoldSet]:
    from loaders.linking.evaluation.gold import GoldError
    from loaders.linking.evaluation.judgements import is_judgements, read_judgements, sentences_of
    from loaders.linking.evaluation.names import SkillNames
    from loaders.linking.evaluation.readers import read_gold

    names = SkillNames(skills.labels)
    for path in paths:
        if is_judgements(path):
            if not courses:
                raise GoldError(
                    f"{path.name} holds judgements without their texts; name the courses with "
                    "--courses."
                )
            found = read_judgements(path, names, sentences_of(courses, loader))
        else:
            found = names.resolve(path.name, *read_gold(path, language))
        for problem in found.problems[:10]:
            click.echo(f"fitech: {problem}", err=True)
        if len(found.problems) > 10:
            click.echo(f"fitech: {len(found.problems) - 10:,} more rows cannot be used.", err=True)
        found = found.of_language(language)
        found.texts = found.texts[:limit]
        if not found.texts:
            raise GoldError(
                f"{path.name} has no text to measure with{f' in {language}' if language else ''}."
            )
        yield found


def _measure(
    linkers: Mapping[str, Linker],
    sets: Sequence[GoldSet],
    skills: EscoSkills,
    depth: int,
    wish: Wish,
    progress: Progress,
) -> Iterator[dict[str, Any]]:
    from loaders.linking.evaluation.measure import figures
    from loaders.linking.evaluation.run import PreparedLinker

    for method, linker in linkers.items():
        prepared = PreparedLinker.of(linker, skills.labels, skills.concepts)
        for gold in sets:

            def tell(done: int, total: int, step: str = f"{method}: {gold.name}") -> None:
                progress(step, done, total)

            yield figures(gold, prepared.run(gold.texts, depth, tell), wish)


def _as_json(results: Sequence[dict[str, Any]], chosen: Sequence[str]) -> dict[str, Any]:
    """Return one object; the figures also stand at its top where there is one run to speak of."""
    asked = [result for result in results if result["method"] in chosen]
    beside = [result for result in results if result["method"] not in chosen]
    top = asked[0] if len(asked) == 1 else {}
    return {**top, "results": asked, "baselines": beside}
