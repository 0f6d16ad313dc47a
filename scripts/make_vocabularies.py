"""Write the vocabularies of `ontology/vocab/` that come from public code lists.

    python scripts/make_vocabularies.py FOLDER

FOLDER holds `elm_cv.json` (code lists of the European Learning Model v3 with the EU's own addresses),
`konfo_codes.json` (names of the national fields of education) and `tieteenala2010_fi.json` (fields of
science). Names that they lack stand in `vocabulary_labels.toml`. The same input gives the same files.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
TARGET = HERE.parent / "ontology" / "vocab"
SNB = "http://data.europa.eu/snb/"
EU_LICENCE = (
    "Re-use is permitted under Commission Decision 2011/833/EU (CC BY 4.0), source: European Union."
)
OKM = "http://www.yso.fi/onto/okm-tieteenala/ta"
LANGUAGES = ("en", "fi", "sv")


@dataclass(frozen=True)
class Entry:
    """One concept of a list."""

    uri: str
    code: str
    names: Mapping[str, str]
    broader: str | None = None
    matches: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Vocabulary:
    """One list and what is to be said about it at the head of its file."""

    file: str
    scheme: str
    names: Mapping[str, str]
    about: tuple[str, ...]
    entries: tuple[Entry, ...] = field(default_factory=tuple)

    def text(self) -> str:
        """Return the list as Turtle, in the order of its codes."""
        lines = [f"# {line}" for line in (*self.about, "Made by scripts/make_vocabularies.py.")]
        lines.append("")
        if any(entry.identifiers for entry in self.entries):
            lines.append("@prefix dct: <http://purl.org/dc/terms/> .")
        lines += ["@prefix skos: <http://www.w3.org/2004/02/skos/core#> .", ""]
        top = [f"<{entry.uri}>" for entry in self.entries if entry.broader is None]
        lines += [
            f"<{self.scheme}> a skos:ConceptScheme ;",
            f"    skos:prefLabel {_texts(self.names)} ;",
            f"    skos:hasTopConcept {' , '.join(top)} .",
        ]
        for entry in self.entries:
            lines += ["", f"<{entry.uri}> a skos:Concept ;", f"    skos:inScheme <{self.scheme}> ;"]
            lines.append(f"    skos:notation {_quoted(entry.code)} ;")
            lines += [f"    dct:identifier {_quoted(name)} ;" for name in entry.identifiers]
            if entry.broader:
                lines.append(f"    skos:broader <{entry.broader}> ;")
            lines += [f"    skos:exactMatch <{match}> ;" for match in entry.matches]
            lines.append(f"    skos:prefLabel {_texts(entry.names)} .")
        return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(" ".join(text.split()), ensure_ascii=False)


def _texts(names: Mapping[str, str]) -> str:
    return " , ".join(f"{_quoted(names[code])}@{code}" for code in LANGUAGES if names.get(code))


def _codes(concepts: Iterable[Mapping[str, str]]) -> dict[str, Mapping[str, str]]:
    return {concept["iri"].rpartition("/")[2]: concept for concept in concepts}


def eqf(lists: Mapping[str, Any], names: Mapping[str, Any]) -> Vocabulary:
    """The eight levels of the European Qualifications Framework."""
    level = names["level"]
    entries = tuple(
        Entry(concept["iri"], code, {language: f"{level[language]} {code}" for language in LANGUAGES})
        for code, concept in sorted(_codes(lists["eqf"]["concepts"]).items())
    )
    about = (
        "Levels of the European Qualifications Framework, addresses of the EU's list `eqf`",
        "(European Learning Model v3). Names in three languages are ours.",
        EU_LICENCE,
    )
    return Vocabulary("eqf.ttl", lists["eqf"]["targetNamespace"], names, about, entries)


def modes(lists: Mapping[str, Any], names: Mapping[str, Any]) -> Vocabulary:
    """The forms of participation."""
    source = lists["europass-modes"]
    known = _codes(source["concepts"])
    entries = tuple(
        Entry(known[key]["iri"], own["code"], {**own, "en": known[key]["label_en"]})
        for key, own in names["names"].items()
    )
    about = (
        "Forms of participation: the EU's list of modes, which is called `learning-assessment` in its",
        "addresses (European Learning Model v3). English names are the EU's; Finnish and Swedish ones",
        "and the notations are ours.",
        EU_LICENCE,
    )
    return Vocabulary("learning-modes.ttl", source["targetNamespace"], names, about, entries)


def isced_f(
    lists: Mapping[str, Any], national: Mapping[str, Mapping[str, str]], names: Mapping[str, Any]
) -> Vocabulary:
    """The fields of education of ISCED-F 2013, with their counterparts in ESCO."""
    source = lists["isced-f"]
    local = {key.rpartition("_")[2]: labels for key, labels in national.items()}
    entries = tuple(
        Entry(
            concept["iri"],
            code,
            {**local.get(code, {}), "en": concept["label_en"]},
            f"{SNB}isced-f/{code[:-1]}" if len(code) > 2 else None,
            (f"http://data.europa.eu/esco/isced-f/{code}",),
        )
        for code, concept in sorted(_codes(source["concepts"]).items())
    )
    about = (
        "Fields of education and training 2013 (ISCED-F), addresses and English names of the EU's list",
        "`isced-f` (European Learning Model v3); ESCO has the same codes under addresses of its own.",
        EU_LICENCE,
        "Finnish and Swedish names: national classification of education 2016 (Statistics Finland,",
        "CC BY 4.0), whose first two levels have the codes of ISCED-F, as Opintopolku shows them.",
    )
    return Vocabulary("isced-f.ttl", source["targetNamespace"], names, about, entries)


def fields_of_science(codes: Iterable[Mapping[str, Any]], names: Mapping[str, Any]) -> Vocabulary:
    """The national fields of science, with their counterparts in Finto."""
    rows = {row["code"]: row for row in codes}
    own = names["names"]
    entries = tuple(
        Entry(
            row["iri_pattern"],
            code,
            {"fi": row["fi"], **own.get(code, {})},
            rows[row["broader"]]["iri_pattern"] if row["broader"] else None,
            (f"{OKM}{code}",) if code in own else (),
        )
        for code, row in sorted(rows.items())
    )
    about = (
        "Fields of science 2010 (Statistics Finland, after OECD's Frascati manual); addresses of the",
        "interoperability platform. Finnish names and the hierarchy: the form of the classification",
        "that CSC's publication services use. English and Swedish names: the classification of the",
        "Ministry of Education and Culture, published by the National Library of Finland (Finto,",
        "okm-tieteenala).",
        "Official classifications; no licence is stated.",
    )
    scheme = "http://uri.suomi.fi/codelist/research/Tieteenala2010"
    return Vocabulary("fields-of-science.ttl", scheme, names, about, entries)


def regions(names: Mapping[str, Any]) -> Vocabulary:
    """The regions of Finland: NUTS, with the code of the region (maakunta) that is the same."""
    base = "http://data.europa.eu/nuts/code/"
    entries = tuple(
        Entry(
            f"{base}{code}",
            code,
            own,
            f"{base}{code[:-1]}" if len(code) > 2 else None,
            identifiers=(f"maakunta:{own['maakunta']}",) if "maakunta" in own else (),
        )
        for code, own in sorted(names["names"].items())
    )
    about = (
        "Regions of Finland: NUTS 2021 (Regulation (EC) No 1059/2003, as amended by (EU) 2019/1755),",
        "under the EU's addresses. Level 3 are the regions (maakunta) of Statistics Finland, whose",
        "codes are the identifiers. Names in three languages: Statistics Finland.",
    )
    scheme = "http://data.europa.eu/nuts/scheme/2021"
    return Vocabulary("regions.ttl", scheme, names, about, entries)


def vocabularies(folder: Path) -> tuple[Vocabulary, ...]:
    """Return all vocabularies that can be made of the code lists in a folder."""

    def read(name: str) -> Any:  # noqa: ANN401 (JSON)
        return json.loads((folder / name).read_text(encoding="utf-8"))

    names = tomllib.loads((HERE / "vocabulary_labels.toml").read_text(encoding="utf-8"))
    lists = read("elm_cv.json")
    return (
        eqf(lists, names["eqf"]),
        modes(lists, names["modes"]),
        isced_f(lists, read("konfo_codes.json")["koulutusala"], names["isced_f"]),
        fields_of_science(read("tieteenala2010_fi.json")["codes"], names["fields_of_science"]),
        regions(names["regions"]),
    )


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit(__doc__)
    for vocabulary in vocabularies(Path(sys.argv[1])):
        (TARGET / vocabulary.file).write_text(vocabulary.text(), encoding="utf-8")
        print(f"{vocabulary.file}: {len(vocabulary.entries)} concepts")
