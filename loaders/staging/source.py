"""Stage one source: run its loader, write what its records become, then switch.

A staged source is a folder `staged/<name>/` (see `staged_files.py`). It replaces the former one in
one step, and only when the load was good: no file broke off, something was loaded, and not too much
is gone.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import chain
from multiprocessing import parent_process
from pathlib import Path

from graph.identifiers import Identifiers
from loaders.base import Loader, Outcome, PieceLoader
from loaders.harvest.spec import HarvestSpec
from loaders.readers.files import FileError, SourceFile, archive_fault, find_files, sha256
from loaders.readers.json_stream import broken_file
from loaders.registry import get_loader, loader_names
from loaders.staging.accounting import account, watched
from loaders.staging.inventory import Changes, compare
from loaders.staging.load_report import LoadReport
from loaders.staging.shared import Work, account_shared
from loaders.staging.staged_files import (
    CHANGES,
    REJECTED,
    REPORT,
    STAGED_FORMAT,
    THINGS,
)
from loaders.staging.two_hands import consume_elsewhere

WITHOUT_FILES = ("members",)
"""Loaders that bring their own data."""
MAX_DROP = 0.2
"""Share of a source's things that may go in one load before a person is asked."""
LARGE = 3_000_000
"""Bytes of a source's files from which a second process is worth its start (half a second)."""
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
    report = _new_report(spec, loader, files, ids)
    staged.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{spec.name}-", dir=staged))
    try:
        broken, good = _closed_zips(files), _opened(files)
        alone = not _worth_two_processes(files)
        if isinstance(loader, PieceLoader) and not alone:
            work = Work(loader, spec.options, ids, report.only_file)
            report = account_shared(work, good, broken, report, aside, progress)
        else:
            read = loader.read(good, spec.options) if good or not files else iter(())
            outcomes = watched(chain(broken, read), progress)
            if alone:
                report = account(outcomes, report, aside, ids)
            else:
                report = consume_elsewhere(outcomes, account, report, aside, ids)
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


def _new_report(
    spec: SourceSpec, loader: Loader, files: list[SourceFile], ids: Identifiers
) -> LoadReport:
    return LoadReport(
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


def _worth_two_processes(files: list[SourceFile]) -> bool:
    """Whether a load should use several cores: not where sources share them already."""
    alone = parent_process() is None and (os.cpu_count() or 1) > 1
    return alone and sum(path.stat().st_size for path in {file.path for file in files}) > LARGE


def _closed_zips(files: list[SourceFile]) -> Iterator[Outcome]:
    """Tell of zips that do not open: one that opens is listed by its members."""
    for file in files:
        if file.plain_name.lower().endswith(".zip"):
            yield broken_file(file, ValueError(archive_fault(file)))


def _opened(files: list[SourceFile]) -> list[SourceFile]:
    return [file for file in files if not file.plain_name.lower().endswith(".zip")]


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


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
