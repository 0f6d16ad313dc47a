"""Read the fields of one record; what is wrong with a field becomes a warning, not a lost record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

from loaders.base import Outcome, Problem


class SourceRecord(Protocol):
    """One record of a source, whatever reads it: an item of JSON, an XML element, a table's row."""

    def problem(self, record: str, field: str, reason: str, remedy: str) -> Problem:
        """Return a problem of this record; `record` is its identifier, "" if it has none."""
        ...


T = TypeVar("T")
R = TypeVar("R", bound=SourceRecord)


class Fields:
    """The fields of one record, read with a parser each."""

    def __init__(self, item: SourceRecord, identifier: str) -> None:
        self._item = item
        self._identifier = identifier
        self.warnings: list[Problem] = []

    def read(self, name: str, value: object, parse: Callable[[Any], T]) -> T | None:
        """Return the parsed value; where it cannot be read, None and a warning that names the field."""
        try:
            return parse(value)
        except ValueError as error:
            self.warn(name, f"The field was left out: {error}.")
        except (TypeError, AttributeError, KeyError):
            self.warn(name, "The field was left out: it is not built as expected.")
        return None

    def warn(self, name: str, reason: str, remedy: str = "Correct it in the source.") -> None:
        """Note that a field is lost or doubtful."""
        self.warnings.append(self._item.problem(self._identifier, name, reason, remedy))


def guarded(item: R, read: Callable[[R], Outcome]) -> Outcome:
    """Read one record; a fault of ours in reading it costs this record, never the load."""
    try:
        return read(item)
    except Exception as error:
        return item.problem(
            "",
            "",
            f"The record could not be read ({type(error).__name__}: {error}).",
            "It may be built in a way that the loader does not know: please report it.",
        )


def mapping(value: object) -> Mapping[str, Any]:
    """Return an object's fields; an absent object has none.

    Raises:
        ValueError: it is no object.
    """
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise ValueError(f"an object was expected, not {str(value)[:60]!r}")
    return value


def text_list(value: object) -> tuple[str, ...]:
    """Return the non-empty texts of a list; an absent list is empty.

    Raises:
        ValueError: it is no list, or holds something else than texts.
    """
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        raise ValueError(f"a list of texts was expected, not {str(value)[:60]!r}")
    return tuple(part.strip() for part in value if part.strip())
