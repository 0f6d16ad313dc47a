"""What `[source.harvest]` of a configuration says, checked.

Each kind of source (see `plans/`) has settings of its own beside the common ones below.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from loaders.harvest.exchange import Json

Value = str | int | float | bool | tuple[str, ...] | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of a kind."""

    type: str
    """`text`, `texts` (a list), `number` (whole, from 1), `yes-no`, `table` (texts by name), `file`."""
    help: str
    default: Value | None = None
    """None: it must be given."""
    choices: tuple[str, ...] = ()


COMMON: Mapping[str, Setting] = {
    "kind": Setting("text", "which interface it is"),
    "url": Setting("text", "base address of the interface"),
    "key_env": Setting("text", "environment variable that holds the key", ""),
    "key_header": Setting("text", "header that carries the key, if not the usual one", ""),
    "key_query": Setting("text", "query parameter that carries the key, if not the usual one", ""),
    "contact": Setting("text", "who harvests: an address or a mail address, told to the server", ""),
    "rate": Setting("rate", "requests per second, at most", 1.0),
    "full_every_days": Setting("days", "days after which everything is fetched anew", 30),
    "overlap_hours": Setting(
        "days", "hours by which an increment reaches back before the last run", 24
    ),
    "max_pages": Setting("number", "requests in one run, at most", 200_000),
    "max_megabytes": Setting("number", "size of one reply, at most", 500),
    "timeout": Setting("number", "seconds for one reply, at most", 600),
    "keep": Setting("number", "how many full runs stay on disk", 1),
    "min_share": Setting("share", "a run with less than this share of the former one is refused", 0.5),
}


@dataclass(frozen=True, slots=True)
class HarvestSpec:
    """How a source is fetched."""

    kind: str
    url: str
    key_env: str = ""
    key_header: str = ""
    key_query: str = ""
    contact: str = ""
    rate: float = 1.0
    full_every_days: int = 30
    overlap_hours: int = 24
    max_pages: int = 200_000
    max_megabytes: int = 500
    timeout: int = 600
    keep: int = 1
    min_share: float = 0.5
    settings: Mapping[str, Value] = field(default_factory=dict)
    """Those of the kind, with defaults filled in."""


def read_spec(raw: object, folder: Path, contact: str = "") -> HarvestSpec:
    """Read and check a `[source.harvest]` table.

    Args:
        raw: the table.
        folder: where files named in it are looked for.
        contact: the contact of the whole configuration.

    Raises:
        ValueError: something cannot be meant; the message is a sentence.
    """
    from loaders.harvest.plans import kinds, plan_class  # the plans read specs

    if not isinstance(raw, Mapping):
        raise ValueError("[source.harvest] must be a table.")
    kind = raw.get("kind")
    if kind not in kinds():
        raise ValueError(f"[source.harvest] kind {kind!r} is unknown; there are {', '.join(kinds())}.")
    plan = plan_class(str(kind))
    common = {**COMMON, "contact": Setting("text", "", contact)}
    common["full_every_days"] = Setting("days", "", plan.full_every_days)
    if plan.url is not None:
        common["url"] = Setting("text", "", plan.url)
    unknown = sorted(set(raw) - set(common) - set(plan.settings))
    if unknown:
        known = ", ".join(sorted({*common, *plan.settings}))
        raise ValueError(
            f"[source.harvest] of kind {kind} has the unknown key {unknown[0]!r}; known are {known}."
        )
    values = {name: _value(name, setting, raw, folder) for name, setting in common.items()}
    own = {name: _value(name, setting, raw, folder) for name, setting in plan.settings.items()}
    if plan.url != "":
        _check_url(str(values["url"]))
    if not str(values["contact"]).isascii() or not str(values["contact"]).isprintable():
        raise ValueError("[source.harvest] contact must be plain ASCII: a mail or web address.")
    if plan.key_required and not values["key_env"]:
        raise ValueError(
            f"[source.harvest] of kind {kind} needs key_env, the name of the environment variable that "
            "holds the key."
        )
    spec = HarvestSpec(**values, settings=own)
    plan(spec).check_settings()
    return spec


def _value(name: str, setting: Setting, raw: Mapping[str, Any], folder: Path) -> Json:
    if name not in raw:
        if setting.default is None:
            raise ValueError(f"[source.harvest] lacks {name}: {setting.help}.")
        return setting.default
    value = raw[name]
    where = f"[source.harvest] {name}"
    match setting.type:
        case "text" if isinstance(value, str) and value.strip():
            if setting.choices and value not in setting.choices:
                raise ValueError(f"{where} must be one of {', '.join(setting.choices)}, not {value!r}.")
            return value.strip()
        case "file" if isinstance(value, str) and value.strip():
            path = folder / value
            if not path.is_file():
                raise ValueError(f"{where}: there is no file {path}.")
            return str(path)
        case "texts" if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return tuple(one.strip() for one in value if one.strip())
        case "table" if isinstance(value, dict):
            return {str(key): _query_value(where, one) for key, one in value.items()}
        case "yes-no" if isinstance(value, bool):
            return value
        case "number" if _whole(value) and value >= 1:
            return value
        case "days" if _whole(value) and value >= 0:
            return value
        case "rate" if isinstance(value, int | float) and value is not True and 0 < value <= 100_000:
            return float(value)
        case "share" if (
            isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
        ):
            return float(value)
    raise ValueError(f"{where} must be {_MEANT[setting.type]}, not {value!r}.")


_MEANT = {
    "text": "a text",
    "file": "the name of a file",
    "texts": "a list of texts",
    "table": "a table of texts",
    "yes-no": "true or false",
    "number": "a whole number from 1",
    "days": "a whole number from 0",
    "rate": "a number above 0",
    "share": "a number from 0 to 1",
}


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _query_value(where: str, value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise ValueError(f"{where}: values must be texts, numbers or true/false, not {value!r}.")


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"[source.harvest] url must be an address with http or https, not {url!r}.")
    if parts.username or parts.password:
        raise ValueError(
            "[source.harvest] url must hold no user or password; name an environment variable with "
            "key_env instead."
        )
