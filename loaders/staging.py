"""Stage one source: run its loader, write triples, report and rejected records, then switch.

A staged source is a folder `staged/<name>/` with `triples.nt.gz`, `report.json` and
`rejected.jsonl`. It replaces the former one in one step, and only when the load was good.
"""

from __future__ import annotations

import gzip
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, cast

from pyoxigraph import RdfFormat, Triple, serialize

from graph.identifiers import Identifiers
from graph.mapping import to_triples
from graph.provenance import SourceFileInfo
from loaders.base import Loaded, Loader, Outcome, Problem
from loaders.files import FileError, find_files, sha256
from loaders.json_stream import broken_file
from loaders.registry import get_loader, loader_names

_CHUNK = 20_000


class LoadError(Exception):
    """A source could not be staged; what was staged before is untouched."""


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
    if not files and spec.loader != "members":
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
        files=[{"name": path.name, "sha256": sha256(path)} for path in _on_disk(files)],
    )
    staged.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{spec.name}-", dir=staged))
    try:
        with (
            gzip.open(aside / "triples.nt.gz", "wb", compresslevel=1) as triples,
            (aside / "rejected.jsonl").open(
                "w", encoding="utf-8", errors="backslashreplace"
            ) as rejected,
        ):
            _run(loader, spec, files, ids, report, triples, rejected, progress)
        report.ended = _now()
        text = json.dumps(report.to_json(), ensure_ascii=False, indent=2)
        (aside / "report.json").write_text(text + "\n", encoding="utf-8", errors="backslashreplace")
        _refuse_a_bad_load(report, aside, staged, partial=spec.partial)
        _switch(aside, staged / spec.name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return report


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


def _on_disk(files: list[Any]) -> list[Path]:
    return list(dict.fromkeys(file.path for file in files))


def _run(
    loader: Loader,
    spec: SourceSpec,
    files: list[Any],
    ids: Identifiers,
    report: LoadReport,
    triples: gzip.GzipFile,
    rejected: IO[str],
    progress: Callable[[int], None],
) -> None:
    skipped: Counter[str] = Counter()
    things: Counter[str] = Counter()

    def note(problem: Problem, kind: str) -> None:
        rejected.write(json.dumps({"kind": kind, **asdict(problem)}, ensure_ascii=False) + "\n")
        if len(report.problems) < MAX_PROBLEMS:
            report.problems.append(str(problem))

    def outcomes() -> Iterator[Outcome]:
        for file in files:
            if file.plain_name.lower().endswith(".zip"):
                # A zip that opens is listed by its members: this one does not open.
                yield broken_file(file, ValueError("it is no zip archive, or a damaged one"))
        good = [file for file in files if not file.plain_name.lower().endswith(".zip")]
        if good or not files:
            yield from loader.read(good, spec.options)

    def mapped() -> Iterator[Triple]:
        for outcome in outcomes():
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
            found, problem = _map(outcome, ids)
            if problem is not None:
                report.rejected += 1
                note(problem, "rejected")
                continue
            if outcome.skipped:
                skipped[outcome.skipped] += 1
            else:
                report.loaded += 1
            for warning in outcome.warnings:
                report.warnings += 1
                note(warning, "warning")
            things.update(type(record).__name__ for record in outcome.records)
            report.triples += len(found)
            yield from found

    # A GzipFile is a binary file to everyone but the type checker.
    serialize(mapped(), cast(IO[bytes], triples), RdfFormat.N_TRIPLES)
    progress(report.records_in)
    report.skipped = dict(skipped.most_common())
    report.things = dict(things.most_common())


def _map(outcome: Loaded, ids: Identifiers) -> tuple[list[Triple], Problem | None]:
    """Map all records of one outcome, or tell what in them makes no RDF."""
    try:
        return [triple for record in outcome.records for triple in to_triples(record, ids)], None
    except ValueError as error:
        first = outcome.records[0]
        key = getattr(first, "key", None) or getattr(first, "uri", None) or getattr(first, "code", "")
        reason = f"An identifier makes no valid address: {error}."
        return [], Problem("", str(key) or "?", "", reason, "Correct it in the source.", repr(first))


def _refuse_a_bad_load(report: LoadReport, aside: Path, staged: Path, *, partial: bool) -> None:
    """Keep the former content when a file broke off or nothing came of the load."""
    kept = staged / report.source
    if report.broken_files and not (partial and report.loaded):
        reason = f"{report.broken_files} file(s) could not be read to the end"
    elif report.loaded == 0:
        reason = "not one record could be loaded"
    else:
        return
    failed = staged / f"{report.source}.failed"
    shutil.rmtree(failed, ignore_errors=True)
    failed.mkdir()
    for name in ("report.json", "rejected.jsonl"):
        shutil.copy(aside / name, failed / name)
    former = "The former content stays in place. " if kept.exists() else ""
    raise LoadError(
        f"{report.source}: {reason}. {former}All problems are in "
        f"{failed.name}/rejected.jsonl of the staged folder.\n{report.summary()}"
    )


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
        for path in sorted(staged.glob("*/report.json"))
        if not path.parent.name.startswith(".") and not path.parent.name.endswith(".failed")
    ]


def file_infos(report: Mapping[str, Any]) -> list[SourceFileInfo]:
    """Return the files of a report for the provenance."""
    return [SourceFileInfo(item["name"], item["sha256"]) for item in report["files"]]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
