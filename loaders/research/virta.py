"""VIRTA, the national publication information service: XML, JSON and a database dump in SQL.

One record is one publication as one organisation reports it. Reports of one publication by several
universities meet in its DOI or in the identifier that VIRTA gives to a joint publication.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from graph.records import Record, ResearchOutput
from loaders.base import Loaded, LoaderInfo, Outcome
from loaders.readers.fields import Fields, guarded
from loaders.readers.files import SourceFile
from loaders.readers.loose_json import code_of, codes_at, first_of, listed, objects, text_of, texts_at
from loaders.repeats import tell_once
from loaders.research.handles import find_handle
from loaders.research.publication_ids import doi_in, nbn_in, parse_isbn, parse_issn
from loaders.research.publication_types import is_part, okm_type
from loaders.research.virta_people import organisations, people
from loaders.research.virta_shapes import Publication, read_publications
from loaders.texts.languages import language_code
from loaders.texts.text import guess_language, parse_year, plain_text
from loaders.vocabularies import field_of_science

_REMEDY = "Correct the publication in the organisation's own system and report it to VIRTA again."
HIDDEN_STATES = {
    "-1": "a publication that was rejected or removed (state -1)",
    "0": "a publication that is not public yet (state 0)",
}
"""JulkaisunTila, not public. 1 is public but unfinished, 2 finished, 3 outside the collection of
the ministry, 9 a joint publication."""
_PUBLIC_STATES = ("1", "2", "3", "9")
_KEYWORDS = (
    "avainsanat.avainsana",
    "avainsanat.avainsanateksti",
    "avainsanateksti",
    "avainsanatks.avainsana",
)
Values = Mapping[str, Any]


class VirtaLoader:
    """Reads publications of VIRTA."""

    info = LoaderInfo(
        name="virta",
        title="VIRTA publication information",
        description="Publications of VIRTA as XML, JSON or a database dump in SQL; .gz as well.",
        version="1",
        file_patterns=("*.xml", "*.json", "*.sql", "*.gz"),
    )

    def read(self, files: Sequence[SourceFile], options: Mapping[str, str]) -> Iterator[Outcome]:
        """Yield one outcome per publication or row; see `Loader.read`.

        Of several reports of one publication by one organisation the first counts: name the newest file
        first.
        """
        seen: set[str] = set()
        told: set[str] = set()
        for file in files:
            for item in read_publications(file):
                if not isinstance(item, Publication):
                    yield item
                    continue
                number = _number(item.value)
                if number and number in seen:
                    yield Loaded((), skipped="a publication that stood in the files before")
                    continue
                outcome = guarded(item, _read)
                if isinstance(outcome, Loaded):
                    seen.add(number)
                    outcome = tell_once(outcome, told)
                yield outcome


def _number(value: Values) -> str:
    """Return VIRTA's identifier of a report, made as VIRTA once made it where it is not given yet."""
    names = ("organisaatiotunnus", "julkaisunorgtunnus", "julkaisuvuosi")
    parts = [code_of(value.get(name)) for name in names]
    made = ":".join(map(str, parts)) if all(parts[:2]) else ""
    return code_of(value.get("julkaisuntunnus")) or made


def _read(item: Publication) -> Outcome:
    value = item.value
    number = _number(value)
    state = code_of(first_of(value, "julkaisuntilakoodi", "julkaisuntila"))
    if state in HIDDEN_STATES:
        return Loaded((), skipped=HIDDEN_STATES[state])
    title = text_of(value.get("julkaisunnimi"))
    if not title:
        return item.problem(number, "JulkaisunNimi", "The publication has no name.", _REMEDY)
    fields = Fields(item, number)
    if state and state not in _PUBLIC_STATES:
        fields.warn("JulkaisunTilaKoodi", f"The state {state[:20]!r} is not known; taken as public.")
    doi = fields.read("DOI", value.get("doi"), doi_in)
    joint = code_of(first_of(value, "yhteisjulkaisuntunnus", "yhteisjulkaisuid")) or ""
    joint = joint if joint.strip("0") else ""
    if not (doi or joint or number):
        return item.problem(
            "",
            "JulkaisunTunnus",
            "The publication has neither JulkaisunTunnus, nor DOI, nor JulkaisunOrgTunnus.",
            _REMEDY,
        )
    key = f"doi-{doi}" if doi else f"virta-{joint or number}".replace("/", "-")
    numbers = [f"virta:{one}" for one in (joint, number) if one]
    return _publication(value, key, doi, numbers, title, fields)


def _publication(
    value: Values, key: str, doi: str | None, numbers: list[str], title: str, fields: Fields
) -> Outcome:
    home, units = organisations(value, fields)
    creators = people(value, key, home, units, fields)
    language = fields.read(
        "JulkaisunKieliKoodi", code_of(value.get("julkaisunkielikoodi")), language_code
    )
    kind = fields.read(
        "JulkaisutyyppiKoodi", first_of(value, "julkaisutyyppikoodi", "julkaisutyyppi"), okm_type
    )
    addresses = [*codes_at(value, "pysyvaosoiteteksti", "pysyvaosoite")]
    web = next((one for one in addresses if one.startswith(("http://", "https://"))), None)
    abstract = text_of(first_of(value, "tiivistelmateksti", "tiivistelma"))
    tag = language or guess_language(title) or "und"
    output = ResearchOutput(
        key=key,
        title={tag: title},
        creators=tuple(dict.fromkeys(person.key for person in creators)),
        organisations=(home.key,) if home else (),
        publishers=texts_at(value, "kustantajannimi", "kustantaja"),
        abstract={guess_language(abstract) or tag: abstract} if abstract else {},
        topics=texts_at(value, *_KEYWORDS),
        year=fields.read("JulkaisuVuosi", code_of(value.get("julkaisuvuosi")), parse_year),
        output_type=kind,
        language=language,
        doi=doi,
        identifiers=(*numbers, *_identifiers(value, addresses, kind, fields)),
        homepage=f"https://doi.org/{doi}" if doi else web,
        subjects=_subjects(value, fields),
        container=_container(value, part=is_part(kind)),
        issns=_each(value, "ISSN", parse_issn, fields),
        funders=texts_at(value, "rahoittajaorgteksti", "hanketks.rahoittajaorg"),
    )
    records: tuple[Record, ...] = (*([home] if home else ()), *units.values(), *creators, output)
    return Loaded(records, tuple(fields.warnings))


def _identifiers(
    value: Values, addresses: list[str], kind: str | None, fields: Fields
) -> tuple[str, ...]:
    found = []
    for address in addresses:
        handle = find_handle(address)
        found += [one for one in (nbn_in(address), handle.identifier if handle else None) if one]
    isbns = _each(value, "ISBN", parse_isbn, fields)
    if not is_part(kind):  # an article has the ISBN of the book in which it stands
        found += [f"urn:isbn:{isbn}" for isbn in isbns]
    return tuple(dict.fromkeys(found))


def _subjects(value: Values, fields: Fields) -> tuple[str, ...]:
    """Return the fields of science, the main one first (`JNro` counts them)."""
    nested = value.get("tieteenalakoodit")
    entries = listed(nested.get("tieteenalakoodi") if isinstance(nested, Mapping) else nested)
    numbered = []
    for place, entry in enumerate([*entries, *objects(value.get("tieteenalatks"))]):
        code, order = entry, place
        if isinstance(entry, Mapping):
            code = first_of(entry, "content", "tieteenala")
            number = code_of(entry.get("jnro")) or ""
            order = int(number) if number.isdecimal() and len(number) < 5 else place
        if address := fields.read("TieteenalaKoodi", code_of(code), field_of_science):
            numbered.append((order, address))
    return tuple(dict.fromkeys(address for _, address in sorted(numbered, key=lambda one: one[0])))


def _container(value: Values, *, part: bool) -> str | None:
    """Return the whole in which an article stands; of a book, the series."""
    names = ("emojulkaisunnimi", "lehdennimi", "konferenssinnimi") if part else ("lehdennimi",)
    texts = (plain_text(text_of(value.get(name))) for name in names)
    return next((text for text in texts if any(char.isalpha() for char in text)), None)


def _each(
    value: Values, name: str, parse: Callable[[Any], str | None], fields: Fields
) -> tuple[str, ...]:
    """Return the numbers that can be read, from the field and from the list of the flat interface."""
    low = name.lower()
    found = (fields.read(name, code, parse) for code in codes_at(value, low, f"{low}tks.{low}"))
    return tuple(dict.fromkeys(number for number in found if number))
