"""Stage one source: run its loader, write what its records become, then switch.

A staged source is a folder `staged/<name>/` (see `loaders/staged_files.py`). It replaces the former
one in one step, and only when the load was good: no file broke off, something was loaded, and not
too much is gone.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from graph.identifiers import Identifiers
from graph.provenance import SourceFileInfo
from loaders.base import Loaded, Loader, Outcome, Problem
from loaders.files import FileError, SourceFile, find_files, sha256
from loaders.harvest.spec import HarvestSpec
from loaders.inventory import Changes, compare
from loaders.json_stream import broken_file
from loaders.registry import get_loader, loader_names
from loaders.staged_files import (
    CHANGES,
    REJECTED,
    REPORT,
    STAGED_FORMAT,
    THINGS,
    StagedFiles,
)

WITHOUT_FILES = ("members",)
"""Loaders that bring their own data."""
MAX_DROP = 0.2
"""Share of a source's things that may go in one load before a person is asked."""
FEW = 20
"""Things of a kind below which a drop says nothing."""


class LoadError(Exception):
    """A source could not be staged; what was staged before is untouched."""


class DropError(LoadError):
    """The load is good as such, but so much is gone that a person has to agree."""


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """A source as the configuration or the command line names it."""

    name: str
    loader: str
    paths: tuple[Path, ...]
    title: str = ""
    licence: str = ""
    attribution: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    partial: bool = False
    """Whether to take what can be read of a file that breaks off, instead of refusing the load."""
    max_drop: float = MAX_DROP
    """Share of the things of a kind (0 to 1) that may go before a person is asked."""
    accept_drop: bool = False
    """Whether a person has agreed that this load may bring less than the one before."""
    fresh_days: int | None = None
    """Age in days from which the source counts as out of date; None: it never does."""
    harvest: HarvestSpec | None = None
    """How the source is fetched over HTTP; without `paths` the harvested files are loaded."""


@dataclass(slots=True)
class LoadReport:
    """What became of every record: `records_in` = loaded + skipped + rejected, always."""

    source: str
    loader: str
    version: str
    base: str
    title: str
    licence: str
    attribution: str
    started: str
    ended: str = ""
    fresh_days: int | None = None
    files: list[dict[str, str]] = field(default_factory=list)
    records_in: int = 0
    loaded: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    """Reason → records that were rightly passed over."""
    rejected: int = 0
    broken_files: int = 0
    """Files that could not be read to their end, beside the records."""
    warnings: int = 0
    things: dict[str, int] = field(default_factory=dict)
    """Kind of thing → number written (one source record may hold several)."""
    triples: int = 0
    content: str = ""
    """A digest of all statements, whatever their order: equal content, equal digest."""
    options: dict[str, str] = field(default_factory=dict)
    staged_format: int = 0
    """Version of what staging writes; another one asks for a new load."""
    changes: dict[str, Any] | None = None
    """Against the load before: `added`, `changed`, `gone` by kind of thing, and `examples`; None
    for a first load."""
    completeness: dict[str, Any] = field(default_factory=dict)
    """Kind → number of records with each field, see `loaders/completeness.py`."""
    by_field: dict[str, dict[str, int]] = field(default_factory=dict)
    """`rejected` and `warning` → field of the source → how many problems it had."""
    problems: list[str] = field(default_factory=list)
    """The first problems and warnings as sentences; all are in `rejected.jsonl`."""

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain values."""
        return asdict(self)

    def summary(self) -> str:
        """Return the report as a few lines for people."""
        skipped = sum(self.skipped.values())
        lines = [
            f"{self.source}: {self.records_in:,} records in = {self.loaded:,} loaded "
            f"+ {skipped:,} passed over + {self.rejected:,} rejected; "
            f"{self.triples:,} triples, {self.warnings:,} warnings."
        ]
        if self.changes is not None:
            parts = {name: sum(self.changes[name].values()) for name in ("added", "changed", "gone")}
            told = ", ".join(f"{count:,} {name}" for name, count in parts.items())
            lines.append(f"  against the load before: {told}.")
        lines += [f"  passed over: {count:,} × {why}" for why, count in self.skipped.items()]
        if self.broken_files:
            lines.append(f"  {self.broken_files} file(s) could not be read to the end.")
        lines += [f"  {problem}" for problem in self.problems[:5]]
        more = self.rejected + self.broken_files + self.warnings - 5
        if more > 0:
            lines.append(f"  … and {more:,} more in rejected.jsonl.")
        return "\n".join(lines)


MAX_PROBLEMS = 50


def stage(
    spec: SourceSpec,
    staged: Path,
    ids: Identifiers,
    progress: Callable[[int], None] = lambda done: None,
) -> LoadReport:
    """Load one source into `staged/<name>`.

    Args:
        spec: what to load.
        staged: the folder of all staged sources.
        ids: mints the IRIs.
        progress: told the number of records read so far.

    Raises:
        LoadError: a path names nothing, an option is unknown, a file broke off, or not one record
            could be loaded. The former content stays.
    """
    loader = _loader(spec)
    try:
        files = find_files(spec.paths) if spec.paths else []
    except FileError as error:
        raise LoadError(f"{spec.name}: {error}") from None
    if not files and spec.harvest:
        raise LoadError(
            f"{spec.name}: nothing was harvested yet. Run `fitech harvest {spec.name}` first."
        )
    if not files and spec.loader not in WITHOUT_FILES:
        raise LoadError(f"{spec.name}: name at least one file to load.")
    report = LoadReport(
        source=spec.name,
        loader=loader.info.name,
        version=loader.info.version,
        base=ids.base,
        title=spec.title or spec.name,
        licence=spec.licence,
        attribution=spec.attribution,
        started=_now(),
        fresh_days=spec.fresh_days,
        options=dict(spec.options),
        staged_format=STAGED_FORMAT,
        files=file_sums(files),
    )
    staged.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{spec.name}-", dir=staged))
    try:
        writer = StagedFiles(aside, ids)
        try:
            _run(loader, spec, files, report, writer, progress)
        finally:
            writer.close()
        former = staged / spec.name
        changes = compare(former / THINGS, aside / THINGS, aside / CHANGES)
        report.changes = asdict(changes) if changes else None
        report.ended = _now()
        text = json.dumps(report.to_json(), ensure_ascii=False, indent=2)
        (aside / REPORT).write_text(text + "\n", encoding="utf-8", errors="backslashreplace")
        _refuse_a_bad_load(spec, report, changes, aside, former)
        _switch(aside, former)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return report


def is_current(spec: SourceSpec, staged: Path, ids: Identifiers) -> bool:
    """Whether the staged content is what a new load would bring: same files, loader and options."""
    path = staged / spec.name / REPORT
    if not path.exists():
        return False
    report = json.loads(path.read_text(encoding="utf-8"))
    info = get_loader(spec.loader).info
    known = (report["loader"], report["version"], report["base"], report["title"])
    same = known == (info.name, info.version, ids.base, spec.title or spec.name)
    if not same or report.get("staged_format") != STAGED_FORMAT:
        return False
    if report.get("options") != dict(spec.options) or report["licence"] != spec.licence:
        return False
    try:
        files = find_files(spec.paths) if spec.paths else []
    except FileError:
        return False
    return bool(report["files"] == file_sums(files))


def file_sums(files: list[SourceFile]) -> list[dict[str, str]]:
    """Return name and SHA-256 of each file on disk."""
    paths = dict.fromkeys(file.path for file in files)
    return [{"name": path.name, "sha256": sha256(path)} for path in paths]


def _loader(spec: SourceSpec) -> Loader:
    if spec.loader not in loader_names():
        known = ", ".join(loader_names())
        raise LoadError(f"There is no loader {spec.loader!r}; there are {known}.")
    loader = get_loader(spec.loader)
    unknown = sorted(set(spec.options) - set(loader.info.options))
    if unknown:
        known = ", ".join(loader.info.options) or "none"
        raise LoadError(
            f"{spec.name}: the loader {spec.loader} has no option {unknown[0]!r} (options: {known})."
        )
    return loader


def _run(
    loader: Loader,
    spec: SourceSpec,
    files: list[SourceFile],
    report: LoadReport,
    writer: StagedFiles,
    progress: Callable[[int], None],
) -> None:
    skipped: Counter[str] = Counter()

    def note(problem: Problem, kind: str) -> None:
        writer.note(problem, kind)
        if len(report.problems) < MAX_PROBLEMS:
            report.problems.append(str(problem))

    for outcome in _outcomes(loader, spec, files):
        if isinstance(outcome, Problem):
            if outcome.record:
                report.records_in += 1
                report.rejected += 1
            else:
                report.broken_files += 1
            note(outcome, "rejected")
            continue
        report.records_in += 1
        if report.records_in % 500 == 0:
            progress(report.records_in)
        try:
            writer.write(outcome.records)
        except ValueError as error:
            report.rejected += 1
            note(_no_address(outcome, error), "rejected")
            continue
        if outcome.skipped:
            skipped[outcome.skipped] += 1
        else:
            report.loaded += 1
        for warning in outcome.warnings:
            report.warnings += 1
            note(warning, "warning")
    progress(report.records_in)
    report.skipped = dict(skipped.most_common())
    report.things = dict(writer.things.most_common())
    report.triples = writer.triples
    report.content = writer.content()
    report.by_field = {
        kind: dict(counts.most_common()) for kind, counts in writer.by_field.items() if counts
    }
    report.completeness = writer.completeness.to_json()


def _outcomes(loader: Loader, spec: SourceSpec, files: list[SourceFile]) -> Iterator[Outcome]:
    for file in files:
        if file.plain_name.lower().endswith(".zip"):
            # A zip that opens is listed by its members: this one does not open.
            yield broken_file(file, ValueError("it is no zip archive, or a damaged one"))
    good = [file for file in files if not file.plain_name.lower().endswith(".zip")]
    if good or not files:
        yield from loader.read(good, spec.options)


def _no_address(outcome: Loaded, error: ValueError) -> Problem:
    first = outcome.records[0]
    key = getattr(first, "key", None) or getattr(first, "uri", None) or getattr(first, "code", "")
    reason = f"An identifier makes no valid address: {error}."
    return Problem("", str(key) or "?", "", reason, "Correct it in the source.", repr(first))


def _refuse_a_bad_load(
    spec: SourceSpec, report: LoadReport, changes: Changes | None, aside: Path, kept: Path
) -> None:
    """Keep the former content when a file broke off, nothing came of the load, or much is gone."""
    error, remedy = LoadError, ""
    if report.broken_files and not (spec.partial and report.loaded):
        reason = f"{report.broken_files} file(s) could not be read to the end"
    elif report.loaded == 0:
        reason = "not one record could be loaded"
    elif changes and (gone := [] if spec.accept_drop else dropped(changes, spec.max_drop)):
        reason, error = f"too much is gone ({'; '.join(gone)})", DropError
        remedy = f"If that is right, load it with --accept-drop {spec.name}. "
    else:
        return
    failed = kept.with_name(f"{report.source}.failed")
    shutil.rmtree(failed, ignore_errors=True)
    failed.mkdir()
    for name in (REPORT, REJECTED, CHANGES):
        if (aside / name).exists():
            shutil.copy(aside / name, failed / name)
    former = "The former content stays in place. " if kept.exists() else ""
    raise error(
        f"{report.source}: {reason}. {former}{remedy}All problems are in "
        f"{failed.name}/{REJECTED} of the staged folder.\n{report.summary()}"
    )


def dropped(changes: Changes, max_drop: float) -> list[str]:
    """Tell, kind by kind, of which things a load brings too few against the one before."""
    return [
        f"{changes.after.get(kind, 0):,} {kind} instead of {count:,}"
        for kind, count in changes.before.items()
        if count >= FEW and changes.after.get(kind, 0) < count * (1 - max_drop)
    ]


def _switch(aside: Path, target: Path) -> None:
    old = target.with_name(f".{target.name}-old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    aside.rename(target)
    shutil.rmtree(old, ignore_errors=True)
    shutil.rmtree(target.with_name(f"{target.name}.failed"), ignore_errors=True)


def read_reports(staged: Path) -> list[dict[str, Any]]:
    """Return the reports of all staged sources, by name."""
    if not staged.is_dir():
        return []
    return [
        json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(staged.glob(f"*/{REPORT}"))
        if not path.parent.name.startswith(".") and not path.parent.name.endswith(".failed")
    ]


def file_infos(report: Mapping[str, Any]) -> list[SourceFileInfo]:
    """Return the files of a report for the provenance."""
    return [SourceFileInfo(item["name"], item["sha256"]) for item in report["files"]]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
