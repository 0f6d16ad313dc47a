"""FinGreyLit: metadata of Finnish theses, articles, books and reports, one JSON object per line.

The records give names of creators and nothing else about them. A name is no identity: every
creator is a person of this one output, keyed by its handle and the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from graph.identifiers import digest, name_key
from graph.records import Person, Record, ResearchOutput
from loaders.base import Loaded, LoaderInfo, Outcome, Problem
from loaders.readers.fields import Fields, guarded, text_list
from loaders.readers.files import SourceFile
from loaders.readers.json_stream import Item, read_items
from loaders.research.handles import find_handle
from loaders.texts.text import optional_text, parse_doi, parse_year, plain_text
from loaders.universities import key_of_repository, university

_LANGUAGE = re.compile(r"^[a-z]{2,3}$")
_ALTERNATIVE = re.compile(r"^(?P<title>.*?)\s*\{(?P<language>[a-z]{2,3})\}\s*$", re.DOTALL)
_REMEDY = "Correct the record in its repository, or in the file."


class FinGreyLitLoader:
    """Reads the JSON Lines of FinGreyLit."""

    info = LoaderInfo(
        name="fingreylit",
        title="FinGreyLit repository metadata",
        description="JSON Lines with `ground_truth` metadata of Finnish repositories; .gz as well.",
        version="1",
        file_patterns=("*.jsonl", "*.jsonl.gz"),
    )

    def read(self, files: Sequence[SourceFile], options: Mapping[str, str]) -> Iterator[Outcome]:
        """Yield one outcome per line; see `Loader.read`."""
        seen: set[str] = set()
        told: set[str] = set()
        for file in files:
            for item in read_items(file):
                if isinstance(item, Problem):
                    yield item
                    continue
                outcome = guarded(item, _read)
                if isinstance(outcome, Loaded):
                    key = item.value["id"]
                    if key in seen:
                        yield Loaded((), skipped="an output that stood in the files before")
                        continue
                    seen.add(key)
                    outcome = _with_university(outcome, told)
                yield outcome


def _with_university(outcome: Loaded, told: set[str]) -> Loaded:
    """Add the record of the repository's university the first time that it appears."""
    output = outcome.records[-1]
    assert isinstance(output, ResearchOutput)
    new = [key for key in output.organisations if key not in told]
    told.update(new)
    return Loaded((*(university(key) for key in new), *outcome.records), outcome.warnings)


def _read(item: Item) -> Outcome:
    raw = item.value
    if not isinstance(raw, Mapping):
        return item.problem("", "", "The record is no object.", "Give one object per line.")
    identifier = raw.get("id")
    if not isinstance(identifier, str) or not identifier.strip():
        return item.problem(raw.get("rowid"), "id", "The record has no id.", _REMEDY)
    truth = raw.get("ground_truth")
    if not isinstance(truth, Mapping):
        return item.problem(
            identifier, "ground_truth", "The record has no metadata (`ground_truth`).", _REMEDY
        )
    fields = Fields(item, identifier)
    language = fields.read("language", truth.get("language"), _language)
    title = truth.get("title")
    if not isinstance(title, str) or not plain_text(title):
        return item.problem(identifier, "title", "The output has no title.", _REMEDY)
    key = _key(identifier)
    people = [
        Person(key=f"{key}/{name_key(name)}", name=plain_text(name))
        for name in fields.read("creator", truth.get("creator"), text_list) or ()
    ]
    university_key = key_of_repository(str(raw.get("repository") or ""))
    titles = {language or "und": plain_text(title)}
    others = []
    for text in fields.read("alt_title", truth.get("alt_title"), text_list) or ():
        match = _ALTERNATIVE.match(text)
        if match and match["language"] not in titles and match["title"]:
            titles[match["language"]] = plain_text(match["title"])
        else:
            others.append(plain_text(match["title"] if match else text))
    output = ResearchOutput(
        key=key,
        title=titles,
        alt_titles=tuple(others),
        creators=tuple(dict.fromkeys(person.key for person in people)),
        organisations=(university_key,) if university_key else (),
        publishers=(fields.read("publisher", truth.get("publisher"), text_list) or ()),
        year=fields.read("year", truth.get("year"), parse_year),
        output_type=fields.read("type_coar", truth.get("type_coar"), optional_text),
        language=language,
        doi=fields.read("doi", truth.get("doi"), parse_doi),
        identifiers=tuple(dict.fromkeys((identifier, *_numbers(truth, fields), *_handle(identifier)))),
        homepage=identifier if identifier.startswith(("http://", "https://")) else None,
    )
    records: tuple[Record, ...] = (*people, output)
    return Loaded(records, tuple(fields.warnings))


def _key(identifier: str) -> str:
    """Return `handle-doria.fi-10024-186212` for a handle, else a digest of the address."""
    handle = find_handle(identifier)
    return handle.key if handle else f"web-{digest(identifier)}"


def _handle(identifier: str) -> list[str]:
    handle = find_handle(identifier)
    return [handle.identifier] if handle else []


def _numbers(truth: Mapping[str, object], fields: Fields) -> list[str]:
    found: list[str] = []
    for field in ("e-isbn", "p-isbn"):
        for number in fields.read(field, truth.get(field), text_list) or ():
            found.append(f"urn:isbn:{number}")
    return found


def _language(value: object) -> str | None:
    text = optional_text(value)
    if text is None:
        return None
    if not _LANGUAGE.match(text.lower()):
        raise ValueError(f"{text[:40]!r} is no language code")
    # The file writes Northern Sami as `se` where some say `sme`; both are kept as they come.
    return text.lower()
