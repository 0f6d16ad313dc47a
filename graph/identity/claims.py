"""What a record says of its own identity: its address here, and the names that others know it by.

A claim is made while a source is staged and is all that identity resolution reads, so that a
million works are joined without their texts.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from graph.identifiers import Identifiers
from graph.records import Course, Organisation, Person, Record, ResearchOutput

_WEB = re.compile(r"^https?://(?:www\.|dx\.)?(?P<rest>\S+?)/?$", re.IGNORECASE)
_KNOWN = re.compile(
    r"^(?:virta|researchfi|oai|patent|pmid|pmcid|arxiv|mag|wos|handle|urn:nbn|urn:isbn|urn:oid|organisation-code|isni|scopus|grid)[:.]",
    re.IGNORECASE,
)
_VAGUE = frozenset(
    ("editorial", "preface", "foreword", "introduction", "erratum", "correction", "corrigendum")
)
_RESOLVERS = {"doi.org": "doi:", "hdl.handle.net": "handle:", "urn.fi": "", "orcid.org": "orcid:"}
"""Hosts whose addresses are identifiers with a resolver before them → the scheme."""
MIN_TITLE = 20
"""Letters of a normalised title from which it can tell works apart."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The identity of one thing as one record of one source tells it."""

    iri: str
    kind: str
    """`person`, `organisation`, `course` or `output`."""
    keys: tuple[str, ...] = ()
    """Identifiers that only this thing has, `scheme:value`, normalised."""
    likeness: str = ""
    """Outputs: normalised title, year and first author; equal ones are probably one work."""
    label: str = ""
    """For people who review; of outputs the title."""
    by_line: tuple[tuple[str, str], ...] = ()
    """Outputs: address and name of each creator."""

    def to_line(self) -> str:
        """Return the claim as one line of JSON."""
        parts = (self.iri, self.kind, self.keys, self.likeness, self.label, self.by_line)
        return json.dumps(parts, ensure_ascii=False, separators=(",", ":")) + "\n"

    @classmethod
    def from_line(cls, line: str) -> Claim:
        """Read what `to_line` wrote."""
        iri, kind, keys, likeness, label, by_line = json.loads(line)
        return cls(iri, kind, tuple(keys), likeness, label, tuple(map(tuple, by_line)))


CLAIMING = frozenset((ResearchOutput, Person, Organisation, Course))
"""Kinds of records that claim an identity."""


def claims_of(
    records: Sequence[Record], ids: Identifiers, together: Sequence[Record] = ()
) -> Iterator[Claim]:
    """Yield the claims of records of one source record.

    Args:
        records: those that have not been told before.
        ids: the base of the addresses.
        together: all records of the source record, if these are not all: by-lines need them.
    """
    people = together or records
    names = {record.key: record.name for record in people if isinstance(record, Person)}
    for record in records:
        if isinstance(record, ResearchOutput):
            yield _output(record, names, ids)
        elif isinstance(record, Person):
            keys = _keys((record.orcid or "", *record.identifiers))
            yield Claim(ids.person(record.key), "person", keys, label=record.name)
        elif isinstance(record, Organisation):
            keys = tuple(key for key in _keys(record.identifiers) if not _is_local(key))
            yield Claim(ids.organisation(record.key), "organisation", keys, label=_first(record.name))
        elif isinstance(record, Course):
            # A group id is unique within a university only if its prefix says so: keep it local.
            own = tuple(f"course:{record.university}|{value}" for value in record.identifiers if value)
            iri = ids.course(record.university, record.code)
            label = f"{record.code} {_first(record.title)}"
            yield Claim(iri, "course", (*own, _code_key(record)), label=label)


def _output(record: ResearchOutput, names: Mapping[str, str], ids: Identifiers) -> Claim:
    doi = (f"doi:{record.doi}",) if record.doi else ()
    by_line = tuple((ids.person(key), names[key]) for key in record.creators if key in names)
    title = normal(_first(record.title))
    words = title.split()
    likeness = ""
    tells = len(title) >= MIN_TITLE and len(words) > 2 and words[0] not in _VAGUE
    if tells and record.year and by_line:
        likeness = f"{title}|{record.year}|{family_key(by_line[0][1])}"
    keys = tuple(dict.fromkeys((*doi, *_keys(record.identifiers))))
    return Claim(ids.output(record.key), "output", keys, likeness, _first(record.title), by_line)


def _code_key(record: Course) -> str:
    """Course codes differ between systems in case and blanks only, if at all."""
    return f"course-code:{record.university}|{''.join(record.code.upper().split())}"


def _keys(identifiers: tuple[str, ...]) -> tuple[str, ...]:
    """Return the identifiers that name one thing worldwide, in one form each."""
    found: dict[str, None] = {}
    for value in identifiers:
        web = _WEB.match(value)
        if web:
            rest = web["rest"]
            host, slash, path = rest.partition("/")
            scheme = _RESOLVERS.get(host.lower())
            if scheme is not None:
                found.setdefault(f"{scheme}{path.lower()}")
            else:
                found.setdefault(f"web:{host.lower()}{slash}{path}")
        elif _KNOWN.match(value):
            key = "".join(value.lower().split())
            found.setdefault(key.replace("-", "") if key.startswith("urn:isbn:") else key)
    return tuple(found)


def _is_local(key: str) -> bool:
    """Home pages of organisations name many of them; registers name one."""
    return key.startswith("web:") and not key.startswith(("web:ror.org/", "web:openalex.org/"))


def normal(text: str) -> str:
    """Return text in lower case without accents, signs and double blanks."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(re.findall(r"[^\W_]+", letters))


def family_key(name: str) -> str:
    """Return the family name of `Metsä, Maija` or `Maija Metsä`, normalised."""
    family, comma, _ = name.partition(",")
    words = normal(family).split()
    return " ".join(words) if comma else (words[-1] if words else "")


def initial_key(name: str) -> str:
    """Return family name and first initial: what two ways to print one name have in common."""
    _family, comma, given = name.partition(",")
    words = normal(name).split()
    first = normal(given)[:1] if comma else (words[0][:1] if len(words) > 1 else "")
    return f"{family_key(name)}|{first}"


def _first(texts: Mapping[str, str]) -> str:
    return next(iter(texts.values()), "")


def alike(one: str, other: str) -> bool:
    """Whether two normalised titles are those of one work: most words in common, or one cut short."""
    words, others = set(one.split()), set(other.split())
    common = len(words & others)
    short = min(len(words), len(others))
    return common >= 0.6 * len(words | others) or (short >= 3 and common >= 0.9 * short)
