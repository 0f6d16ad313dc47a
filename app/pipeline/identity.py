"""Find which things of several sources are one, before the sources are put together.

People correct the rules in a CSV file (`[identity] decisions` of the configuration) with the columns
`decision` (same or different), `left`, `right` (addresses, whole or below the base) and `note`.
"""

from __future__ import annotations

import csv
import gzip
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from pyoxigraph import Triple

from app.config import ConfigError
from graph.identifiers import Identifiers
from graph.identity.claims import Claim
from graph.identity.clusters import Decision
from graph.identity.resolve import Identity, PersonDecision, Resolver
from graph.subject import Subject
from loaders.staging.staged_files import CLAIMS
from ontology import terms as t

DECISIONS = "identity.jsonl"
"""File of a release that lists every decision with its reason."""
COLUMNS = ("decision", "left", "right", "note")
_WORDS = {"same": True, "different": False}


def resolve_identity(
    staged: Path, sources: Sequence[str], ids: Identifiers, decisions: Path | None
) -> Identity:
    """Resolve the identity of everything that the staged sources claim.

    Args:
        staged: folder of the staged sources.
        sources: their names, the most trusted first.
        ids: the base of the addresses.
        decisions: file of what people decided, if there is one.

    Raises:
        ConfigError: the file of decisions cannot be read; the message names the row.
    """
    by_people = read_decisions(decisions, ids) if decisions else []
    with tempfile.TemporaryDirectory() as folder:
        resolver = Resolver(Path(folder) / "claims.sqlite", ids)
        try:
            for rank, name in enumerate(sources):
                resolver.add(rank, _claims(staged / name / CLAIMS))
            return resolver.resolve(by_people)
        finally:
            resolver.close()


def _claims(path: Path) -> Iterator[Claim]:
    if not path.exists():  # staged by an older version, or a source of concepts only
        return
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield Claim.from_line(line)


def read_decisions(path: Path, ids: Identifiers) -> list[PersonDecision]:
    """Read the file of what people decided.

    Raises:
        ConfigError: there is no such file, or a row of it cannot be meant.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"The identity decisions {path} cannot be read: {error}.") from None
    reader = csv.DictReader(text.splitlines())
    missing = [name for name in COLUMNS[:3] if name not in (reader.fieldnames or ())]
    if missing:
        raise ConfigError(f"{path} has no column {', '.join(missing)}; give it {', '.join(COLUMNS)}.")
    found = []
    for row in reader:
        word = (row["decision"] or "").strip().lower()
        left, right = ((row[side] or "").strip() for side in ("left", "right"))
        if word not in _WORDS or not left or not right:
            raise ConfigError(
                f"{path}, line {reader.line_num}: write same or different, and two addresses."
            )
        one, other = (side if "://" in side else ids.base + side for side in (left, right))
        found.append(PersonDecision(_WORDS[word], one, other, (row.get("note") or "").strip()))
    return found


def write_decisions(found: Identity, path: Path) -> None:
    """Write every decision as a line of JSON, the least sure first."""
    with path.open("w", encoding="utf-8") as out:
        for decision in sorted(found.decisions, key=lambda item: (item.confidence, item.left)):
            out.write(json.dumps(asdict(decision), ensure_ascii=False) + "\n")


def read_written(path: Path) -> Iterator[Decision]:
    """Yield the decisions of a release; none if it has no such file."""
    if not path.exists():
        return
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield Decision(**json.loads(line))


def identity_triples(found: Identity) -> Iterator[Triple]:
    """Yield what the graph says of addresses that are no longer used: which one is."""
    for old, new in sorted(found.rewrites.items()):
        yield from Subject(old).iri(t.DCT + "isReplacedBy", new).triples()
        yield from Subject(new).plain(t.DCT + "identifier", old).triples()
