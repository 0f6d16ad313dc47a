"""What the OAI-PMH envelope says of a record: its identifier, its repository, whether it is deleted."""

from __future__ import annotations

from dataclasses import dataclass

from loaders.readers.xml_stream import Node, attribute, children, text_of
from loaders.research.handles import repository_host


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a record."""

    identifier: str
    """`oai:trepo.tuni.fi:10024/123`, or "" for a record without envelope."""
    deleted: bool = False
    repository: str = ""
    """Host of the repository, without `www.`."""

    @property
    def key(self) -> str:
        """The key of the thing where it has no better identifier: `oai-cris.example.org-Persons-1`."""
        return local_key(self.repository, self.identifier.rpartition(":")[2])


def local_key(repository: str, identifier: str) -> str:
    """Return a key of an identifier that is unique within a repository."""
    parts = ["oai", repository, identifier.strip("/").replace("/", "-")]
    return "-".join(part for part in parts if part)


def read_header(record: Node, repository: str = "") -> Header | None:
    """Return the header of a `record` element; None where there is none or it has no identifier.

    Args:
        record: the element.
        repository: its host, if the identifiers do not tell it.
    """
    headers = children(record, "header")
    identifier = text_of(headers[0], "identifier") if headers else None
    if identifier is None:
        return None
    parts = identifier.split(":")
    host = parts[1] if len(parts) > 2 and parts[0].lower() == "oai" else ""
    return Header(
        identifier=identifier,
        deleted=(attribute(headers[0], "status") or "").lower() == "deleted",
        repository=repository or repository_host(host),
    )
