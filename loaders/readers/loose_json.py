"""Read JSON as serialisers of XML and of other languages leave it.

Keys in any case, a list of one as the thing itself, numbers where codes are meant, `{"content": 3111,
"JNro": 1}` where an element had an attribute.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from loaders.texts.text import plain_text

_DEPTH = 8


def lower_keys(value: object, depth: int = _DEPTH) -> Any:  # noqa: ANN401 (JSON)
    """Return a value with the keys of its objects in lower case, `depth` levels down.

    Of keys that are equal then, the first counts.
    """
    if depth and isinstance(value, Mapping):
        result: dict[str, Any] = {}
        for key, inner in value.items():
            result.setdefault(str(key).lower(), lower_keys(inner, depth - 1))
        return result
    if depth and isinstance(value, list):
        return [lower_keys(inner, depth - 1) for inner in value]
    return value


def listed(value: object) -> list[Any]:
    """Return a list without its nulls, one thing as a list of one, None as an empty list."""
    if value is None:
        return []
    return [inner for inner in value if inner is not None] if isinstance(value, list) else [value]


def objects(value: object) -> list[Mapping[str, Any]]:
    """Return the objects of a list, or one object as a list of one."""
    return [one for one in listed(value) if isinstance(one, Mapping)]


def code_text(value: object) -> str | None:
    """Return a code or text as text, also where a serialiser made a number of it.

    Raises:
        ValueError: it is an object, a list or a truth value.
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise ValueError(f"a text or a number was expected, not {str(value)[:60]!r}")
    return str(value).strip() or None


def code_of(value: object) -> str | None:
    """Return a code or text, that of an element with attributes too; None for anything else."""
    try:
        return code_text(value.get("content") if isinstance(value, Mapping) else value)
    except ValueError:
        return None


def text_of(value: object) -> str:
    """Return a plain text, "" for what is none."""
    return plain_text(code_of(value) or "")


def first_of(value: Mapping[str, Any], *names: str) -> Any:  # noqa: ANN401 (JSON)
    """Return the first field of those names that holds something, else None."""
    return next((value[name] for name in names if value.get(name) not in (None, "", [], {})), None)


def codes_at(value: Mapping[str, Any], *paths: str) -> Iterator[str]:
    """Yield the codes at the ends of paths like `units.code`, with lists on the way or not."""
    for path in paths:
        found: list[Any] = [value]
        for name in path.split("."):
            inner = [one.get(name) for one in found if isinstance(one, Mapping)]
            found = [entry for one in inner for entry in listed(one)]
        yield from (code for entry in found if (code := code_of(entry)))


def texts_at(value: Mapping[str, Any], *paths: str) -> tuple[str, ...]:
    """Return the plain texts at the ends of paths, each once."""
    texts = (plain_text(code) for code in codes_at(value, *paths))
    return tuple(dict.fromkeys(text for text in texts if text))
