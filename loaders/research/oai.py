"""OAI-PMH replies in files: `kk`, `dim`, `oai_dc`, `qdc`, and OpenAIRE CERIF.

Files come newest first, as a harvest keeps them: of several versions of a record the first counts, and
a deleted one hides what older files say of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from graph.records import Organisation
from loaders.base import Loaded, LoaderInfo, Outcome, Problem
from loaders.readers.fields import guarded
from loaders.readers.files import BROKEN_FILE, SourceFile
from loaders.readers.xml_stream import Element, attribute, children, local_name, read_elements
from loaders.repeats import tell_once
from loaders.research.handles import repository_host
from loaders.research.oai_cerif import ENTITIES, read_entity
from loaders.research.oai_dc import read_dc
from loaders.research.oai_fields import dc_fields
from loaders.research.oai_header import Header, read_header

_ENVELOPE = re.compile(rb"<(?:\w+:)?OAI-PMH[\s/>]")
_REPLIES = {
    "Identify": "a reply to Identify (describes the repository)",
    "ListSets": "a reply to ListSets (no records)",
    "ListMetadataFormats": "a reply to ListMetadataFormats (no records)",
    "ListIdentifiers": "a reply to ListIdentifiers (headers without records)",
}
_EMPTY = frozenset(("noRecordsMatch", "noSetHierarchy", "noMetadataFormats"))
_REMEDY = "Harvest with the metadata prefix kk, oai_dc, qdc, dim or oai_cerif_openaire."


class OaiLoader:
    """Reads replies to ListRecords and GetRecord."""

    info = LoaderInfo(
        name="oai",
        title="OAI-PMH records",
        description="Replies to ListRecords and GetRecord: kk, oai_dc, qdc, OpenAIRE CERIF; .gz too.",
        version="1",
        file_patterns=("*.xml", "*.xml.gz"),
        options={
            "university": "key of the university whose repository this is",
            "repository": "host of the repository, for identifiers that do not name it",
        },
    )

    def read(self, files: Sequence[SourceFile], options: Mapping[str, str]) -> Iterator[Outcome]:
        """Yield one outcome per record; see `Loader.read`. Name the newest file first."""
        seen: set[str] = set()
        told: set[str] = set()
        for file in files:
            for item in _elements(file):
                if isinstance(item, Problem):
                    yield item
                    continue
                name = local_name(item.node)
                if name == "error":
                    yield from _error(item)
                elif name in _REPLIES:
                    yield Loaded((), skipped=_REPLIES[name])
                else:
                    yield _record(item, options, seen, told)


def _elements(file: SourceFile) -> Iterator[Element | Problem]:
    """Yield the records of a file, its errors, and what else it may be a reply to."""
    try:
        with file.open() as raw:
            start = raw.read(65_536).replace(b"\0", b"")
    except BROKEN_FILE:
        start = b""
    enveloped = _ENVELOPE.search(start) is not None
    # Without an envelope the entities of CERIF are records themselves.
    names = ("record", "error", *_REPLIES) if enveloped else ("record", *ENTITIES)
    empty = True
    for item in read_elements(file, names):
        empty = False
        yield item
    if empty and not enveloped:
        yield Problem(
            file.name,
            "",
            "",
            "The file is no reply of OAI-PMH and holds no records.",
            "Load the replies to ListRecords.",
        )


def _error(item: Element) -> Iterator[Problem]:
    """Yield the problem of an error reply; nothing where it only says that there are no records."""
    code = attribute(item.node, "code") or "unknown"
    if code in _EMPTY:
        return
    text = " ".join("".join(map(str, item.node.itertext())).split())[:300]
    yield Problem(
        item.file.name,
        "",
        "",
        f"The repository answered with the error {code}: {text or '(no explanation)'}",
        "Harvest again; a resumption token expires after a while.",
    )


def _record(item: Element, options: Mapping[str, str], seen: set[str], told: set[str]) -> Outcome:
    repository = repository_host(options.get("repository", ""))
    bare = local_name(item.node) != "record"
    header = Header("", repository=repository) if bare else read_header(item.node, repository)
    if header is None:
        return item.problem(
            "", "identifier", "The record has no header with an identifier.", "Harvest it again."
        )
    if header.identifier and header.identifier in seen:
        return Loaded((), skipped="an older version of a record")
    if header.deleted:
        seen.add(header.identifier)
        return Loaded((), skipped="a record that its repository has withdrawn")
    outcome = guarded(item, lambda one: _read(one, header, options.get("university")))
    if not isinstance(outcome, Loaded):
        return outcome
    if header.identifier:
        seen.add(header.identifier)
    if outcome.records and isinstance(outcome.records[-1], Organisation):
        return outcome  # a record of an organisation says more than its mention in a work
    return tell_once(outcome, told)


def _read(item: Element, header: Header, university: str | None) -> Outcome:
    node = item.node
    if local_name(node) in ENTITIES:
        return read_entity(item, node, header.repository)
    metadata = children(node, "metadata")
    found = list(metadata[0]) if metadata else []
    if not found:
        reason = "The record has no metadata."
        return item.problem(header.identifier, "metadata", reason, "Harvest it again.")
    if local_name(found[0]) in ENTITIES:
        return read_entity(item, found[0], header.repository)
    fields = dc_fields(found[0])
    if fields is None:
        reason = f"The metadata are in a format that is not read ({local_name(found[0])})."
        return item.problem(header.identifier, "metadata", reason, _REMEDY)
    return read_dc(item, header, fields, university)
