"""The public sets from which `train_linker.py` learns: read, nothing of them is kept.

* TECH and HOUSE, validation parts, Decorte et al.:
  github.com/jensjorisdecorte/Skill-Extraction-benchmark;
* SkillSkape, github.com/magantoine/JobSkape (MIT);
* ESCO's own names and descriptions (European Commission, reuse with attribution);
* YSO, the General Finnish Ontology (National Library of Finland, CC BY 4.0).
"""

from __future__ import annotations

import ast
import csv
import gzip
import io
import random
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from loaders.linking.base import SkillInfo, SkillLabel
from loaders.linking.words import words

csv.field_size_limit(1 << 30)
NO_GOLD = {"LABEL NOT PRESENT", "UNDERSPECIFIED", "UNK", ""}
_SHARED = 3
"""Skills that a topic of YSO may stand for; more say that its name is too general."""

Texts = dict[str, set[int]]
"""Text → numbers of the concepts that are right for it."""


def read_zip(folder: Path, ending: str, name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a CSV inside the zip of `esco/` whose name ends so."""
    (path,) = [path for path in folder.glob("*.zip") if path.name.endswith(ending)]
    with zipfile.ZipFile(path) as archive, archive.open(name) as stream:
        yield from csv.DictReader(io.TextIOWrapper(stream, encoding="utf-8-sig", newline=""))


def read_esco(
    folder: Path, languages: Sequence[str] = ("en",)
) -> tuple[list[SkillLabel], list[SkillInfo]]:
    """Read names and facts of all skills: English v1.2, hierarchy and other languages v1.1.1."""
    broader: dict[str, list[str]] = {}
    for row in read_zip(folder, "relations - csv.zip", "broaderRelationsSkillPillar.csv"):
        broader.setdefault(row["conceptUri"], []).append(row["broaderUri"])
    occupations: dict[str, int] = {}
    for row in read_zip(folder, "relations - csv.zip", "occupationSkillRelations.csv"):
        occupations[row["skillUri"]] = occupations.get(row["skillUri"], 0) + 1
    labels: list[SkillLabel] = []
    infos: list[SkillInfo] = []
    current: set[str] = set()
    for language in languages:
        ending = "v1.2.0 - skills en labels - csv.zip" if language == "en" else "fi sv labels - csv.zip"
        for row in read_zip(folder, ending, f"skills_{language}.csv"):
            uri = row["conceptUri"]
            if language != "en" and uri not in current:
                continue
            if row["preferredLabel"].strip():
                labels.append(SkillLabel(uri, row["preferredLabel"], language, True))
            for name in row["altLabels"].split("\n"):
                if name.strip():
                    labels.append(SkillLabel(uri, name, language, False))
            if language == "en":
                current.add(uri)
                kind = "knowledge" if row["skillType"] == "knowledge" else "skill"
                infos.append(
                    SkillInfo(
                        uri,
                        "skill",
                        kind,
                        row["reuseLevel"],
                        tuple(broader.get(uri, ())),
                        occupations.get(uri, 0),
                        {"en": row["description"]},
                    )
                )
    return labels, infos


def read_decorte(path: Path) -> dict[str, set[str]]:
    """Return the labels of each sentence of a CSV with `sentence` and `label`."""
    found: dict[str, set[str]] = {}
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            labels = found.setdefault(row["sentence"], set())
            if row["label"] not in NO_GOLD:
                labels.add(row["label"])
    return found


def read_skape(path: Path) -> dict[str, set[str]]:
    """Return the labels of each sentence of SkillSkape."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        return {row["sentence"]: set(ast.literal_eval(row["skills"])) for row in csv.DictReader(stream)}


def finnish_descriptions(folder: Path, place: Mapping[str, int]) -> Texts:
    """Return Finnish descriptions, shuffled, with the number of their concept."""
    rows = [
        row
        for row in read_zip(folder, "fi sv labels - csv.zip", "skills_fi.csv")
        if row["description"].strip() and row["preferredLabel"].strip() and row["conceptUri"] in place
    ]
    random.Random(1).shuffle(rows)  # noqa: S311
    return {row["description"]: {place[row["conceptUri"]]} for row in rows}


def names_of_topics(
    folder: Path, labels: Sequence[SkillLabel], place: Mapping[str, int], language: str
) -> tuple[Texts, Texts]:
    """Return Finnish or Swedish names of YSO's topics that have an English name of a skill.

    Returns:
        Two halves; a topic is in one of them for good.
    """
    skills: dict[str, set[str]] = {}
    for label in labels:
        if label.language == "en":
            skills.setdefault(_key(label.text), set()).add(label.skill)
    english: dict[str, set[str]] = {}
    for topic, name in _topics(folder, "en"):
        english.setdefault(topic, set()).update(skills.get(_key(name), ()))
    halves: tuple[Texts, Texts] = ({}, {})
    for topic, name in _topics(folder, language):
        found = english.get(topic, set())
        if 0 < len(found) <= _SHARED:
            half = halves[sha256(name.encode()).digest()[0] % 2]
            half.setdefault(name, set()).update(place[skill] for skill in found)
    return halves


def _topics(folder: Path, language: str) -> Iterator[tuple[str, str]]:
    with gzip.open(folder / f"yso-{language}.tsv.gz", "rt", encoding="utf-8") as stream:
        for line in stream:
            topic, name = line.rstrip("\n").split("\t")[:2]
            yield topic, name


def _key(name: str) -> str:
    return " ".join(word.form for word in words(name.lower(), "en"))
