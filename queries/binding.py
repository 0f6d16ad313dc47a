"""Turn what people typed into typed terms, one parameter at a time, and bind them into a query."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from pyoxigraph import Literal, NamedNode

from graph.binding import Value, bind
from ontology import terms as t
from queries.header import Parameter, Query

_IRI = re.compile(r"^[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`\x00-\x20]+$")
_LANGUAGE = re.compile(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
MAX_LIST = 500
"""Values that a list parameter may have."""


class QueryError(Exception):
    """A query cannot be run as asked; the message names the parameter and says how to mend it."""


def bind_values(query: Query, given: Mapping[str, str | Sequence[str]]) -> str:
    """Return the query's text with its parameters bound.

    Args:
        query: a query of the library.
        given: parameter name → text, or texts for a list. Empty texts count as not given.

    Raises:
        QueryError: a parameter is unknown, missing or malformed.
    """
    known = {parameter.name for parameter in query.parameters}
    for name in given:
        if name not in known:
            names = ", ".join(sorted(known)) or "none"
            raise QueryError(f"{query.name} has no parameter {name!r}; it has {names}.")
    terms = {
        parameter.name: _terms(parameter, given.get(parameter.name, ()))
        for parameter in query.parameters
    }
    return bind(query.body, terms)


def _terms(parameter: Parameter, given: str | Sequence[str]) -> list[Value]:
    texts = [given] if isinstance(given, str) else list(given)
    texts = [text.strip() for text in texts if text.strip()]
    if not texts and parameter.default is not None:
        texts = [parameter.default]
    if not texts:
        if parameter.required:
            raise QueryError(
                f"The parameter {parameter.name} is missing. Give it as "
                f"{parameter.name}=… ({parameter.describe()})."
            )
        return [None]
    if len(texts) > 1 and parameter.type != "iris":
        raise QueryError(f"The parameter {parameter.name} takes one value, not {len(texts)}.")
    if len(texts) > MAX_LIST:
        raise QueryError(f"The parameter {parameter.name} takes at most {MAX_LIST} values.")
    return [_term(parameter, text) for text in texts]


def _term(parameter: Parameter, text: str) -> Value:
    try:
        return _CONVERSIONS[parameter.type](parameter, text)
    except (ValueError, InvalidOperation):
        raise QueryError(
            f"The parameter {parameter.name} cannot be {text[:100]!r}: it takes {parameter.describe()}."
        ) from None


def is_iri(text: str) -> bool:
    """Whether a text may be written as an IRI in SPARQL."""
    return _IRI.match(text) is not None


def _iri(parameter: Parameter, text: str) -> Value:
    if not is_iri(text):
        raise ValueError
    return NamedNode(text)


def _language(parameter: Parameter, text: str) -> Value:
    if not _LANGUAGE.match(text):
        raise ValueError
    return Literal(text.lower())


def _year(parameter: Parameter, text: str) -> Value:
    if not (len(text) == 4 and text.isascii() and text.isdigit()):
        raise ValueError
    return Literal(text, datatype=NamedNode(t.XSD + "integer"))


def _date(parameter: Parameter, text: str) -> Value:
    return Literal(date.fromisoformat(text).isoformat(), datatype=NamedNode(t.XSD + "date"))


def _integer(parameter: Parameter, text: str) -> Value:
    if not re.fullmatch(r"-?[0-9]{1,9}", text):
        raise ValueError
    _check_range(parameter, Decimal(text))
    # Bare, because LIMIT takes no typed literal; in VALUES it is an xsd:integer all the same.
    return int(text)


def _decimal(parameter: Parameter, text: str) -> Value:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError
    _check_range(parameter, number)
    return Literal(f"{number:f}", datatype=NamedNode(t.XSD + "decimal"))


def _choice(parameter: Parameter, text: str) -> Value:
    if text not in parameter.choices:
        raise ValueError
    return Literal(text)


def _check_range(parameter: Parameter, number: Decimal) -> None:
    if parameter.minimum is not None and number < parameter.minimum:
        raise ValueError
    if parameter.maximum is not None and number > parameter.maximum:
        raise ValueError


_CONVERSIONS = {
    "iri": _iri,
    "iris": _iri,
    "text": lambda parameter, text: Literal(text),
    "lang": _language,
    "year": _year,
    "date": _date,
    "integer": _integer,
    "decimal": _decimal,
    "choice": _choice,
}
