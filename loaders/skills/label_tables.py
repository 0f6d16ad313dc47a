"""Labels of a vocabulary in one language as TSV: `<address> TAB label [TAB notation]`, one per line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from graph.records import Concept
from loaders.base import Loaded, Outcome, Problem
from loaders.readers.files import BROKEN_FILE, SourceFile
from loaders.readers.json_stream import MAX_RAW, broken_file
from loaders.texts.text import plain_text

_ADDRESS = re.compile(r"^<?((?:https?|urn):[^\s<>\"{}|\\^`]+)>?$")
_LANGUAGE = re.compile(r"[-_.]([a-z]{2})\.tsv$", re.IGNORECASE)
_MAX_LINE = 1_000_000


def is_label_table(file: SourceFile) -> bool:
    """Whether a file is a table of labels, by its name."""
    return file.plain_name.lower().endswith(".tsv")


def read_labels(file: SourceFile, language: str | None, scheme: str | None) -> Iterator[Outcome]:
    """Yield one outcome per line.

    Args:
        file: named like `yso-fi.tsv` if `language` is not given.
        language: of all its labels.
        scheme: address of the scheme that the concepts belong to.
    """
    match = _LANGUAGE.search(file.plain_name)
    language = (language or (match[1] if match else "und")).lower()
    schemes = (scheme,) if scheme else ()
    seen: dict[str, int] = {}
    try:
        with file.open_text() as text:
            lines = iter(lambda: text.readline(_MAX_LINE), "")
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield _read(file, number, line.rstrip("\r\n"), language, schemes, seen)
    except BROKEN_FILE as error:
        yield broken_file(file, error)


def _read(
    file: SourceFile,
    number: int,
    line: str,
    language: str,
    schemes: tuple[str, ...],
    seen: dict[str, int],
) -> Outcome:
    place = f"line {number}"

    def problem(field: str, reason: str, remedy: str) -> Problem:
        raw = line.encode("utf-8", "replace").decode()[:MAX_RAW]
        return Problem(file.name, place, field, reason, remedy, raw)

    if any("\udc80" <= char <= "\udcff" for char in line):
        return problem("", "The line is not in UTF-8.", "Save the file as UTF-8 and load it again.")
    cells = [cell.strip() for cell in line.split("\t")]
    address = _ADDRESS.match(cells[0])
    if address is None:
        reason = f"The line does not begin with an address, but with {cells[0][:60]!r}."
        return problem("address", reason, "Write the concept's address, a tab, and its label.")
    uri = address[1]
    label = " ".join(plain_text(cells[1]).split()) if len(cells) > 1 else ""
    if not label:
        return problem("label", f"{uri} has no label.", "Write its label after the address and a tab.")
    if uri in seen:
        if seen[uri] == hash(label):
            return Loaded((), skipped="a label that stood in the list before")
        # The first label of a concept is the preferred one.
        return Loaded((Concept(uri, "concept", alt_labels={language: (label,)}),))
    seen[uri] = hash(label)
    notation = cells[2] if len(cells) > 2 and cells[2] else None
    concept = Concept(uri, "concept", {language: label}, notation=notation, in_schemes=schemes)
    return Loaded((concept,))
