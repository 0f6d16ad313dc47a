"""Read the header of a query file: what it asks, in three languages, and with which parameters.

The grammar is documented in `docs/queries.md`:

    # title: Experts on a skill            (also title@fi, title@sv)
    # description: …                       (also description@fi, description@sv)
    # param skill: iri, required · ESCO skill
    # param since: year, default 2019 · only outputs from this year on
    # param@fi skill: ESCO-taito
    # example: skill=http://… limit=5
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

_LINE = re.compile(r"^#\s*(?P<key>[a-z]+)(?:@(?P<language>[a-z]{2}))?(?P<rest>[ :].*)$")
_PARAM = re.compile(
    r"^\s+(?P<name>\w+):\s*(?P<type>[a-z]+)(?:\s+(?P<range>[^,·]+?))?\s*,\s*"
    r"(?P<need>required|optional|default\s+(?P<default>[^·]+?))\s*(?:·\s*(?P<help>.+))?$"
)
_PARAM_HELP = re.compile(r"^\s+(?P<name>\w+):\s*(?P<help>.+)$")
TYPES = frozenset({"iri", "iris", "text", "lang", "year", "date", "integer", "decimal", "choice"})


class HeaderError(Exception):
    """The header of a query file is wrong: a fault of the program, told so that it can be mended."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a query."""

    name: str
    type: str
    """One of `TYPES`; `iris` takes a list."""
    required: bool = False
    default: str | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    choices: tuple[str, ...] = ()
    help: Mapping[str, str] = field(default_factory=dict)

    def describe(self) -> str:
        """Return type and need in words: `integer 1..200, default 20`."""
        kind = self.type
        if self.choices:
            kind += f" {'|'.join(self.choices)}"
        elif self.minimum is not None:
            kind += f" {self.minimum}..{self.maximum}"
        need = "required" if self.required else "optional"
        return f"{kind}, default {self.default}" if self.default is not None else f"{kind}, {need}"


@dataclass(frozen=True, slots=True)
class Query:
    """One query of the library."""

    name: str
    audience: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    parameters: tuple[Parameter, ...]
    example: Mapping[str, tuple[str, ...]]
    body: str

    def parameter(self, name: str) -> Parameter | None:
        """Return a parameter by name."""
        return next((item for item in self.parameters if item.name == name), None)


def parse_query(name: str, audience: str, text: str) -> Query:
    """Read one query file.

    Args:
        name: the file's name without `.rq`.
        audience: the name of its folder.
        text: its content; the header is every comment line before the first other line.

    Raises:
        HeaderError: a line of the header is not understood, or title or description is missing.
    """
    texts: dict[str, dict[str, str]] = {"title": {}, "description": {}}
    parameters: dict[str, Parameter] = {}
    helps: dict[str, dict[str, str]] = {}
    example: dict[str, list[str]] = {}
    lines = text.splitlines()
    end = next((n for n, line in enumerate(lines) if not line.startswith("#")), len(lines))
    for line in lines[:end]:
        match = _LINE.match(line)
        if match is None:
            raise HeaderError(f"{audience}/{name}.rq: the header line {line!r} is not understood.")
        key, language, rest = match["key"], match["language"] or "en", match["rest"]
        if key in texts:
            texts[key][language] = rest.removeprefix(":").strip()
        elif key == "param" and language == "en":
            parameter = _parameter(f"{audience}/{name}.rq", rest)
            parameters[parameter.name] = parameter
        elif key == "param" and (found := _PARAM_HELP.match(rest)):
            helps.setdefault(found["name"], {})[language] = found["help"].strip()
        elif key == "example":
            for part in rest.removeprefix(":").split():
                parameter_name, _, value = part.partition("=")
                example.setdefault(parameter_name, []).append(value)
        else:
            raise HeaderError(f"{audience}/{name}.rq: the header line {line!r} is not understood.")
    if not texts["title"].get("en") or not texts["description"].get("en"):
        raise HeaderError(f"{audience}/{name}.rq: the header lacks a title or a description.")
    return Query(
        name=name,
        audience=audience,
        title=texts["title"],
        description=texts["description"],
        parameters=tuple(
            _with_help(parameter, helps.get(parameter.name, {})) for parameter in parameters.values()
        ),
        example={key: tuple(values) for key, values in example.items()},
        body="\n".join(lines[end:]),
    )


def _with_help(parameter: Parameter, helps: Mapping[str, str]) -> Parameter:
    fields = {name: getattr(parameter, name) for name in Parameter.__slots__}
    return Parameter(**{**fields, "help": {**parameter.help, **helps}})


def _parameter(where: str, rest: str) -> Parameter:
    match = _PARAM.match(rest)
    if match is None or match["type"] not in TYPES:
        raise HeaderError(f"{where}: the parameter {rest.strip()!r} is not understood.")
    minimum = maximum = None
    choices: tuple[str, ...] = ()
    if match["type"] == "choice":
        choices = tuple((match["range"] or "").split("|"))
    elif match["range"]:
        low, _, high = match["range"].partition("..")
        minimum, maximum = Decimal(low), Decimal(high)
    return Parameter(
        name=match["name"],
        type=match["type"],
        required=match["need"] == "required",
        default=match["default"],
        minimum=minimum,
        maximum=maximum,
        choices=choices,
        help={"en": match["help"].strip()} if match["help"] else {},
    )
