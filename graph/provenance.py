"""Describe each named graph: what it is, where from, when, by which program, under which licence.

Terms of PROV-O, DCAT and SPDX. A statement's provenance is that of the graph it stands in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from pyoxigraph import Triple

from graph.subject import DATE_TIME, INTEGER, Subject
from ontology import terms as t

_SHA256 = t.SPDX + "checksumAlgorithm_sha256"


@dataclass(frozen=True, slots=True)
class SourceFileInfo:
    """A file that was read: its name without folders, and its SHA-256."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class GraphInfo:
    """How one named graph came to be."""

    graph: str
    title: str
    program: str
    """Name and version of the loader, linker or query that wrote it."""
    started: datetime
    ended: datetime
    files: Sequence[SourceFileInfo] = ()
    derived_from: Sequence[str] = ()
    """IRIs of the named graphs that were read."""
    licence: str = ""
    attribution: str = ""
    records: int | None = None
    rejected: int | None = None


def describe_graph(info: GraphInfo) -> Iterator[Triple]:
    """Yield the description of one named graph."""
    entity = Subject(info.graph, t.PROV + "Entity", t.DCAT + "Dataset")
    entity.plain(t.DCT + "title", info.title)
    entity.plain(t.DCT + "license", info.licence)
    entity.plain(t.DCT + "rights", info.attribution)
    entity.plain(t.DCT + "created", info.ended.isoformat(timespec="seconds"), DATE_TIME)
    entity.plain(t.FITECH + "recordCount", info.records, INTEGER)
    entity.plain(t.FITECH + "rejectedCount", info.rejected, INTEGER)
    entity.iris(t.PROV + "wasDerivedFrom", info.derived_from)
    activity = Subject(f"{info.graph}/activity", t.PROV + "Activity")
    activity.plain(t.PROV + "startedAtTime", _moment(info.started), DATE_TIME)
    activity.plain(t.PROV + "endedAtTime", _moment(info.ended), DATE_TIME)
    activity.plain(t.FITECH + "loaderVersion", info.program)
    entity.iri(t.PROV + "wasGeneratedBy", activity.iri_text)
    yield from activity.triples()
    for number, file in enumerate(info.files, start=1):
        checksum = Subject(f"{info.graph}/checksum-{number}", t.SPDX + "Checksum")
        checksum.iri(t.SPDX + "algorithm", _SHA256)
        checksum.plain(t.SPDX + "checksumValue", file.sha256)
        entity.plain(t.DCT + "source", file.name)
        entity.iri(t.SPDX + "checksum", checksum.iri_text)
        yield from checksum.triples()
    yield from entity.triples()


def _moment(time: datetime) -> str:
    return time.isoformat(timespec="seconds")
