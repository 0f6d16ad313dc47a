"""Read JSON as serialisers of XML and of other languages leave it.

Keys in any case, a list of one as the thing itself, numbers where codes are meant.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

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
