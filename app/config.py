"""The build configuration: which sources make up the graph, read from TOML and checked."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.identifiers import DEFAULT_BASE, Identifiers
from graph.store import RemoteEndpoints
from loaders.harvest.spec import HarvestSpec, read_spec
from loaders.linking.registry import DEFAULT, usual_threshold
from loaders.registry import loader_names
from loaders.staging.source import MAX_DROP, SourceSpec


class ConfigError(Exception):
    """The configuration cannot be used; the message says what to mend."""


@dataclass(frozen=True, slots=True)
class BuildConfig:
    """Everything that a build needs to know."""

    title: str
    ids: Identifiers
    sources: tuple[SourceSpec, ...] = ()
    linker: str = DEFAULT
    threshold: float = usual_threshold(DEFAULT)
    """Confidence from which a proposed skill link counts in the graph."""
    link_workers: int = 0
    """Processes in which texts are linked; 0: as many as there are cores, up to four."""
    link_dask: str = ""
    """Address of a Dask scheduler whose workers link instead."""
    keep: int = 3
    """How many releases stay on disk for roll-back."""
    remote: RemoteEndpoints | None = None
    identity_decisions: Path | None = None
    """CSV of what people decided about identity, see `app/pipeline/identity.py`."""


_KEYS: Mapping[str, set[str]] = {
    "": {"title", "base", "contact", "source", "link", "identity", "publish", "remote"},
    "[[source]]": {
        "name",
        "loader",
        "paths",
        "title",
        "licence",
        "attribution",
        "options",
        "partial",
        "max_drop",
        "fresh_days",
        "harvest",
    },
    "[link]": {"linker", "threshold", "workers", "dask"},
    "[identity]": {"decisions"},
    "[publish]": {"keep"},
    "[remote]": {"query", "update", "graph_store"},
}


def read_config(path: Path) -> BuildConfig:
    """Read and check a configuration file.

    Paths of sources are taken relative to the file's own folder.

    Raises:
        ConfigError: the file is missing, is no TOML, or says something that cannot be meant.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"There is no configuration file {path}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}.") from None
    _check_keys(path, "", data)
    sources = tuple(
        _source(path, number, raw, str(data.get("contact", "")))
        for number, raw in enumerate(_tables(path, data, "source"), start=1)
    )
    names = [source.name for source in sources]
    for name in names:
        if names.count(name) > 1:
            raise ConfigError(f"{path}: two sources are named {name!r}; each needs a name of its own.")
    link = _table(path, data, "link")
    publish = _table(path, data, "publish")
    remote = _table(path, data, "remote")
    decisions = _table(path, data, "identity").get("decisions")
    linker = str(link.get("linker", DEFAULT))
    threshold = link.get("threshold", usual_threshold(linker))
    if isinstance(threshold, bool) or not isinstance(threshold, int | float) or not 0 <= threshold <= 1:
        raise ConfigError(f"{path}: [link] threshold must be a number from 0 to 1, not {threshold!r}.")
    workers = link.get("workers", 0)
    if isinstance(workers, bool) or not isinstance(workers, int) or workers < 0:
        raise ConfigError(
            f"{path}: [link] workers must be a whole number, 0 for one a core, not {workers!r}."
        )
    keep = publish.get("keep", 3)
    if isinstance(keep, bool) or not isinstance(keep, int) or keep < 1:
        raise ConfigError(f"{path}: [publish] keep must be a whole number from 1, not {keep!r}.")
    try:
        ids = Identifiers(str(data.get("base", DEFAULT_BASE)))
    except ValueError as error:
        raise ConfigError(f"{path}: {error}") from None
    return BuildConfig(
        title=str(data.get("title", "FITech Graph")),
        ids=ids,
        sources=sources,
        linker=linker,
        threshold=float(threshold),
        link_workers=workers,
        link_dask=str(link.get("dask", "")),
        keep=keep,
        remote=_remote(path, remote) if remote else None,
        identity_decisions=path.parent / str(decisions) if decisions else None,
    )


def _source(path: Path, number: int, raw: Mapping[str, Any], contact: str) -> SourceSpec:
    where = f"{path}, [[source]] number {number}"
    _check_keys(path, "[[source]]", raw)
    loader = raw.get("loader")
    if loader not in loader_names():
        raise ConfigError(
            f"{where}: {loader!r} is no loader; there are {', '.join(sorted(loader_names()))}."
        )
    name = str(raw.get("name", loader))
    if not name.replace("-", "").replace("_", "").isalnum():
        raise ConfigError(f"{where}: the name {name!r} may hold only letters, digits, - and _.")
    paths = raw.get("paths", [])
    if not isinstance(paths, list) or not all(isinstance(item, str) for item in paths):
        raise ConfigError(f"{where} ({name}): paths must be a list of texts.")
    options = raw.get("options", {})
    if not isinstance(options, dict):
        raise ConfigError(f"{where} ({name}): options must be a table.")
    return SourceSpec(
        name=name,
        loader=str(loader),
        paths=tuple(path.parent / item for item in paths),
        title=str(raw.get("title", name)),
        licence=str(raw.get("licence", "")),
        attribution=str(raw.get("attribution", "")),
        options={key: str(value) for key, value in options.items()},
        partial=raw.get("partial") is True,
        max_drop=_share(where, raw.get("max_drop", MAX_DROP)),
        fresh_days=_days(where, raw.get("fresh_days")),
        harvest=_harvest(f"{where} ({name})", raw.get("harvest"), path.parent, contact),
    )


def _harvest(where: str, raw: object, folder: Path, contact: str) -> HarvestSpec | None:
    if raw is None:
        return None
    try:
        return read_spec(raw, folder, contact)
    except ValueError as error:
        raise ConfigError(f"{where}: {error}") from None


def _share(where: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ConfigError(f"{where}: max_drop must be a share from 0 to 1, not {value!r}.")
    return float(value)


def _days(where: str, value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ConfigError(f"{where}: fresh_days must be a whole number of days from 1, not {value!r}.")
    return value


def _remote(path: Path, raw: Mapping[str, Any]) -> RemoteEndpoints:
    missing = sorted(_KEYS["[remote]"] - set(raw))
    if missing:
        raise ConfigError(f"{path}: [remote] lacks {', '.join(missing)}.")
    return RemoteEndpoints(str(raw["query"]), str(raw["update"]), str(raw["graph_store"]))


def _check_keys(path: Path, section: str, raw: Mapping[str, Any]) -> None:
    unknown = sorted(set(raw) - _KEYS[section])
    if unknown:
        raise ConfigError(
            f"{path}: {section or 'the top level'} has the unknown key {unknown[0]!r}; "
            f"known are {', '.join(sorted(_KEYS[section]))}."
        )


def _table(path: Path, data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = data.get(key, {})
    if not isinstance(value, dict):
        raise ConfigError(f"{path}: [{key}] must be a table.")
    _check_keys(path, f"[{key}]", value)
    return value


def _tables(path: Path, data: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    value = data.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise ConfigError(f"{path}: sources are written as [[{key}]] tables.")
    return value
