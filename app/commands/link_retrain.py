"""`fitech link retrain`: what people decided in the review teaches the linker."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.commands.common import EXIT_FAILED, fail, sentences, workspace
from loaders.linking.registry import linker_names

if TYPE_CHECKING:  # imported when used: the command line must start fast
    from app.progress import Progress
    from app.workspace import Workspace
    from loaders.linking.examples import Example
    from loaders.linking.hybrid import LexicalLinker
    from loaders.linking.retrain import Retrained

FEWEST = 20
"""Judgements without which nothing is learned."""
_FILE = click.Path(path_type=Path)


@click.command("retrain")
@click.option("--linker", "name", type=click.Choice(linker_names()),
              help="Linker to teach. Default: that of the last build.")  # fmt: skip
@click.option(
    "--judgements", "files", multiple=True, type=_FILE, metavar="FILE",
    help="Learn from a file of judgements, too (docs/evaluation.md); name its --courses.",
)  # fmt: skip
@click.option("--courses", multiple=True, type=_FILE, metavar="PATH",
              help="The courses whose sentences a file of judgements names.")  # fmt: skip
@click.option("--courses-loader", default="aalto", show_default=True, help="Loader of --courses.")
@click.option("--dry-run", is_flag=True, help="Only tell what would come of it.")
@click.option("--force", is_flag=True, help="Use the new weights even if they are not better.")
@click.option("--undo", "back", is_flag=True, help="Go back to the weights before the last retraining.")
@click.option(
    "--format", "output", type=click.Choice(("text", "json")), default="text", show_default=True
)
@click.pass_context
@sentences
def link_retrain(
    context: click.Context,
    name: str | None,
    files: tuple[Path, ...],
    courses: tuple[Path, ...],
    courses_loader: str,
    dry_run: bool,
    force: bool,
    back: bool,
    output: str,
) -> None:
    """Learn the linker's weights anew from what people decided in the review.

    A fifth of the judgements is held out: weights that are worse on them are not used. The new
    weights count from the next `fitech link` on.
    """
    from app.pipeline.steps import build_lock
    from app.progress import console_progress
    from loaders.linking.learned import install, undo

    place = workspace(context)
    if back:
        with build_lock(place):
            click.echo(_BACK[undo(place.path)])
        return
    chosen = name or place.settings().linker
    given = [*_of_review(place), *_of_files(place, files, courses, courses_loader)]
    with console_progress() as progress:
        linker, result, told = _retrain(place, chosen, given, progress)
    told["installed"] = not dry_run and (force or not result.problems)
    if told["installed"]:
        with build_lock(place):
            install(place.path, linker.weights_name, result.learned)
    if output == "json":
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_lines(told, dry_run)))
    if result.problems and not dry_run and not force:
        sys.exit(EXIT_FAILED)


_BACK = {
    True: "The weights that were learned before are in use again, from the next fitech link on.",
    False: "The shipped weights are in use again, from the next fitech link on.",
    None: "Nothing was learned here; the shipped weights are in use.",
}


def _of_review(place: Workspace) -> list[Example]:
    from app.answers import live_store
    from app.review.learn import examples

    with live_store(place) as store:
        return examples(place, store)


def _of_files(
    place: Workspace, files: Sequence[Path], courses: Sequence[Path], loader: str
) -> Iterator[Example]:
    from app.pipeline.esco_skills import esco_skills
    from app.review.judgements import is_held_out
    from loaders.linking.base import Subject, Text
    from loaders.linking.evaluation.gold import GoldError
    from loaders.linking.evaluation.judgements import read_judgements, sentences_of
    from loaders.linking.evaluation.names import SkillNames
    from loaders.linking.exact import relation_of
    from loaders.linking.examples import Example

    if not files:
        return
    if not courses:
        fail("A file of judgements holds no texts; name the courses with --courses.")
    names = SkillNames(esco_skills(place).labels)
    for path in files:
        try:
            gold = read_judgements(path, names, sentences_of(courses, loader))
        except GoldError as error:
            fail(str(error))
        for problem in gold.problems[:10]:
            click.echo(f"fitech: {problem}", err=True)
        for text in gold.texts:
            right = text.gold(strict=False)
            for skill in sorted(right | (text.wrong or frozenset())):
                its = Subject(text.text, text.kind, [Text(text.field, text.language, text.text)])
                relation = relation_of(text.kind, text.field)
                yield Example(its, relation, skill, skill in right, is_held_out(text.text))


def _retrain(
    place: Workspace, name: str, given: Sequence[Example], progress: Progress
) -> tuple[LexicalLinker, Retrained, dict[str, Any]]:
    from dataclasses import replace

    from app.answers import live_store
    from app.learned import learned_weights
    from app.pipeline.link_skills import skill_infos, skill_labels
    from loaders.linking.examples import table_of
    from loaders.linking.hybrid import LexicalLinker
    from loaders.linking.registry import get_linker
    from loaders.linking.retrain import retrain

    if len(given) < FEWEST:
        fail(
            f"There are {len(given)} judgements, and fewer than {FEWEST} teach nothing; nothing was "
            "changed. Judge more links on the page /review."
        )
    linker: object = get_linker(name, learned_weights(place))
    if not isinstance(linker, LexicalLinker):
        fail(
            f"The linker {name} has no weights to learn. Name one that has: --linker hybrid or "
            "--linker lexical."
        )
    with live_store(place) as store:
        labels = skill_labels(store)
        infos = sorted(skill_infos(store), key=lambda info: info.skill)
    linker.prepare(labels, infos)
    table = table_of(linker, given, lambda done, total: progress("features", done, total))
    if len(table) < FEWEST:
        fail(
            f"Of {len(given)} judgements only {len(table)} name a skill that the linker considers for "
            f"their sentence, and fewer than {FEWEST} teach nothing; nothing was changed."
        )
    today = datetime.now(UTC).date().isoformat()
    result = retrain(table, linker, today, place.settings().threshold)
    told = {
        "linker": linker.method,
        "judgements": len(table),
        "learned_from": int((~table.held_out).sum()),
        "held_out": int(table.held_out.sum()),
        "passed_over": table.missing,
        "skills": sha256("\n".join(map(repr, labels)).encode()).hexdigest()[:16],
        "threshold": place.settings().threshold,
        "chance": result.chance,
        "before": result.before,
        "after": result.after,
        "problems": list(result.problems),
    }
    return linker, replace(result, learned=replace(result.learned, about=told)), told


def _lines(told: dict[str, Any], dry_run: bool) -> Iterator[str]:
    yield (
        f"{told['judgements']} judgements of {told['linker']}: learned from {told['learned_from']}, "
        f"{told['held_out']} held out, {told['passed_over']} passed over because the linker does not "
        "consider their skill for the sentence."
    )
    yield ""
    yield f"{'on the held-out part':24}{'before':>10}{'after':>10}"
    for key, title in (
        ("log_loss", "log loss"),
        ("brier", "Brier score"),
        ("counting", f"links from {told['threshold']:g} on"),
        ("precision", "their precision"),
        ("recall", "recall of right ones"),
    ):
        values = (told[part][key] for part in ("before", "after"))
        yield f"{title:24}" + "".join(f"{'–' if value is None else value:>10}" for value in values)
    yield ""
    yield "confidence promised and share found right, after: " + (
        "; ".join(
            f"{low:g}–{high:g}: {mean:.2f} → {seen:.2f} ({n})"
            for low, high, n, mean, seen in told["after"]["reliability"]
        )
        or "no link is proposed"
    )
    yield from told["problems"]
    if dry_run:
        yield "Nothing was changed: this was a dry run."
    elif told["installed"]:
        yield "The new weights count from the next fitech link on; back: fitech link retrain --undo"
    else:
        yield "The new weights are not used; --force would use them all the same."
