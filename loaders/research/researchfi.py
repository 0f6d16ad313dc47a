"""research.fi's public interface: publications and data sets, lists and exports.

The field names are those of the interface's classes in camelCase; they are read in any case. Funding
decisions, funding calls, infrastructures and organisations are recognised, counted and passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from loaders.base import Loaded, LoaderInfo, Outcome, Problem
from loaders.readers.fields import guarded
from loaders.readers.files import SourceFile
from loaders.readers.json_stream import Item, read_items
from loaders.readers.loose_json import code_of, lower_keys
from loaders.repeats import tell_once
from loaders.research.researchfi_dataset import read_dataset
from loaders.research.researchfi_publication import read_publication

_OTHERS = {
    "a funding decision (not part of the graph)": (
        "fundingstartdate", "fundingreceivers", "funderprojectnumber", "amountineur",
    ),
    "a funding call (not part of the graph)": (
        "callprogrammeopendate", "callprogrammeduedate", "applicationtermsfi", "continuosapplication",
    ),
    "an infrastructure (not part of the graph)": ("infraidentifier", "infraname", "infraservices"),
    "a service of an infrastructure (not part of the graph)": ("serviceidentifier", "servicename"),
}  # fmt: skip
_DATASET = (
    "fairdataurl", "islatestversion", "versionset", "researchdatacatalog", "persistentidentifiers",
)  # fmt: skip
_PUBLICATION = (
    "authorstext", "publicationyear", "originalpublicationid", "peerreviewed", "jufocode", "doihandle",
    "parentpublication", "journalname", "name",
)  # fmt: skip


class ResearchFiLoader:
    """Reads publications and data sets of research.fi."""

    info = LoaderInfo(
        name="researchfi",
        title="research.fi publications and data sets",
        description="Replies and exports of research.fi's public interface; .gz as well.",
        version="1",
        file_patterns=("*.json", "*.jsonl", "*.gz"),
    )

    def read(self, files: Sequence[SourceFile], options: Mapping[str, str]) -> Iterator[Outcome]:
        """Yield one outcome per record; see `Loader.read`. Of a repeated id the first counts."""
        seen: set[str] = set()
        told: set[str] = set()
        for file in files:
            for item in read_items(file, ("results", "data")):
                if isinstance(item, Problem):
                    yield item
                    continue
                value = lower_keys(item.value)
                kind = _kind(value)
                number = code_of(value.get("id")) if isinstance(value, Mapping) else None
                name = f"{kind} {number}" if number else ""
                if name and name in seen:
                    yield Loaded((), skipped=f"a {kind} that stood in the files before")
                    continue
                outcome = guarded(item, lambda one, fields=value: _read(one, fields))  # type: ignore[misc]
                if isinstance(outcome, Loaded):
                    seen.add(name)
                    outcome = tell_once(outcome, told)
                yield outcome


def _kind(value: Any) -> str:  # noqa: ANN401 (JSON)
    """Return what a record is: `publication`, `data set`, why it is passed over, or ""."""
    if not isinstance(value, Mapping):
        return ""
    for name, marks in _OTHERS.items():
        if any(mark in value for mark in marks):
            return name
    if any(mark in value for mark in _DATASET):
        return "data set"
    if any(mark in value for mark in _PUBLICATION):
        return "publication"
    if "namefi" in value or "nameen" in value:
        return "an organisation (comes with the publications)"
    return ""


def _read(item: Item, value: Mapping[str, Any]) -> Outcome:
    kind = _kind(value)
    if kind == "publication":
        return read_publication(item, value)
    if kind == "data set":
        return read_dataset(item, value)
    if kind:
        return Loaded((), skipped=kind)
    return item.problem(
        "",
        "",
        "The record is none that research.fi's interface is known to give.",
        "Load replies of v1/publications or v1/research-datasets, or their exports.",
    )
