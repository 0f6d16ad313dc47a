"""Opintopolku (Konfo, Kouta): what is taught (koulutus), where and when (toteutus), national badges.

A koulutus gives a `Course`, a toteutus a `CourseOffering` of it. Often only the toteutus says what is
learnt; such a text is told as the course's, by the first toteutus that has it. A toteutus with a course
code of its own (`tunniste`), or of another university than the koulutus, is an offering of that course.
Two passes find who tells what, with a small entry per record in memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from graph.records import Course, CourseOffering, LangText, Organisation, Record
from loaders.base import Loaded, LoaderInfo, Outcome, Problem
from loaders.courses import opintopolku_codes as codes
from loaders.courses.kouta_light import is_light, read_light
from loaders.courses.opintopolku_badges import is_badge, read_badge
from loaders.courses.opintopolku_providers import Provider, organisation, provider_of
from loaders.courses.opintopolku_replies import read_records
from loaders.courses.opintopolku_study import PAGE, course_of, offering_of
from loaders.readers.fields import Fields, guarded, mapping
from loaders.readers.files import SourceFile
from loaders.readers.json_stream import Item
from loaders.texts.text import honest_languages, lang_text, optional_text
from loaders.universities import university

_REMEDY = "Correct it in Opintopolku's administration (Kouta)."
_UNPUBLISHED = {"tallennettu": "a draft", "arkistoitu": "archived", "poistettu": "deleted"}
_MAIN = "course"
_SHARED = (
    "outcomes", "content", "prerequisite_text", "assessment", "keywords", "credits_max", "languages",
    "level", "open_to_all", "small_module", "parts",
)  # fmt: skip
"""What of a course a toteutus may tell where its koulutus does not."""
_OID = re.compile(r"\d+(?:\.\d+)+")
_GO_TOGETHER = {"credits_max": "credits_min", "prerequisite_text": "prerequisite_codes"}


@dataclass(frozen=True, slots=True)
class _Study:
    """One koulutus or toteutus that is loaded."""

    oid: str
    koulutus: str
    """OID of the koulutus: its own, or of the one that it is a toteutus of."""
    provider: Provider
    own_code: str | None
    course: Course
    """All that it says of the course. In the first pass texts are gone: `True` marks what it says."""
    offering: CourseOffering | None
    rank: tuple[bool, str]
    """Of two copies of one the full one counts, then the one that was changed last."""
    place: tuple[SourceFile, str]

    @property
    def kind(self) -> str:
        return "toteutus" if self.offering else "koulutus"


@dataclass(frozen=True, slots=True)
class _Survey:
    best: Mapping[str, _Study]
    told: Mapping[tuple[str, str], Mapping[str, str]]
    """University and code → what is told of the course → OID of the study that tells it."""


class OpintopolkuLoader:
    """Reads replies of Opintopolku's interfaces."""

    info = LoaderInfo(
        name="opintopolku",
        title="Opintopolku studies",
        description="Koulutus, toteutus and badges of Konfo and Kouta: lists or search replies.",
        version="1",
        file_patterns=("*.json", "*.jsonl", "*.json.gz"),
        options={
            "types": "koulutustyyppi to load, joined by commas, or `all` (default: higher education)",
            "university": "key of the university, instead of the one that the record names",
        },
    )

    def read(self, files: Sequence[SourceFile], options: Mapping[str, str]) -> Iterator[Outcome]:
        """Yield one outcome per record; see `Loader.read`."""
        reader = _Reader(options)
        survey = reader.survey(files)
        told: set[str] = set()
        for file in files:
            for item in read_records(file):
                outcome: Outcome = (
                    guarded(item, lambda one: reader.outcome(one, survey))
                    if isinstance(item, Item)
                    else item
                )
                if isinstance(outcome, Loaded):
                    outcome = replace(outcome, records=tuple(_once(outcome.records, told)))
                yield outcome


def _once(records: Sequence[Record], told: set[str]) -> Iterator[Record]:
    """Yield records, each organisation the first time only, and a university before its courses."""
    for record in records:
        if isinstance(record, Organisation):
            if record.key in told:
                continue
            told.add(record.key)
        elif isinstance(record, Course) and record.university not in told:
            told.add(record.university)
            yield university(record.university)
        yield record


class _Reader:
    """Reads records as the options say."""

    def __init__(self, options: Mapping[str, str]) -> None:
        self._university = options.get("university")
        self._names: dict[str, LangText] = {}
        higher = codes.table("higher_education")
        known = {**higher, **codes.table("other_education")}
        wanted = [name.strip() for name in options.get("types", "").split(",") if name.strip()]
        self._kinds: Mapping[str, str] = {name: known.get(name, "course") for name in wanted} or higher
        if wanted == ["all"]:
            self._kinds = known

    def survey(self, files: Sequence[SourceFile]) -> _Survey:
        """Find the best copy of each study, and who tells what of a course."""
        best: dict[str, _Study] = {}
        for item in (item for file in files for item in read_records(file)):
            study = self._try(item) if isinstance(item, Item) else None
            if study and (study.oid not in best or study.rank > best[study.oid].rank):
                best[study.oid] = _small(study)
        told: dict[tuple[str, str], dict[str, str]] = {}
        for study in sorted(best.values(), key=lambda one: one.kind):  # koulutus before toteutus
            tellers = told.setdefault(_identity(study, best), {})
            for what in (_MAIN, *_says(study.course)):
                tellers.setdefault(what, study.oid)
        return _Survey(best, told)

    def _try(self, item: Item) -> _Study | None:
        try:
            study, _ = self._study(item)
        except Exception:  # it is told in the second pass
            return None
        return study

    def outcome(self, item: Item, survey: _Survey) -> Outcome:
        """Return the outcome of one record."""
        if is_light(item.value):
            return read_light(item, self._university)
        if is_badge(item.value):
            return read_badge(item)
        study, outcome = self._study(item)
        if study is None or isinstance(outcome, Problem):
            return outcome
        if survey.best[study.oid].place != study.place:
            return Loaded((), skipped=f"a {study.kind} that stands in the files once more")
        key, code = _identity(study, survey.best)
        parts = tuple(_course_code(part, survey.best) for part in study.course.parts)
        unit = study.provider.unit
        course = replace(study.course, university=key, code=code, unit=unit, parts=parts)
        records: list[Record] = [*study.provider.records]
        tellers = survey.told[key, code]
        mine = [what for what, oid in tellers.items() if oid == study.oid]
        if _MAIN in mine:
            records.append(course)
        elif mine:
            first = survey.best[tellers[_MAIN]].course
            names = [*mine, *(_GO_TOGETHER[what] for what in mine if what in _GO_TOGETHER)]
            extra: dict[str, Any] = {name: getattr(course, name) for name in names}
            records.append(replace(Course(key, code, first.title, kind=first.kind), **extra))
        if study.offering:
            records.append(replace(study.offering, university=key, course_code=code))
        return replace(outcome, records=tuple(records))

    def _study(self, item: Item) -> tuple[_Study | None, Loaded | Problem]:
        """Return the study that a record is, if it is one to load; and its warnings, or why not."""
        raw = item.value
        kind = _kind(raw)
        if kind == "organisation":
            return None, organisation(item)
        if kind in ("haku", "hakukohde"):
            return None, Loaded((), skipped=f"a {kind} (how to apply is not part of the graph)")
        if kind is None:
            reason = "The record is neither a koulutus nor a toteutus: it has no such oid."
            return None, item.problem("", "oid", reason, "Load koulutus or toteutus of Opintopolku.")
        oid = raw["oid"].strip()
        fields = Fields(item, oid)
        metadata = fields.read("metadata", raw.get("metadata"), mapping) or {}
        if state := _UNPUBLISHED.get(str(raw.get("tila"))):
            return None, Loaded((), skipped=f"a {kind} that is not published ({state})")
        named = str(raw.get("koulutustyyppi") or metadata.get("tyyppi") or "")
        if named not in self._kinds:
            return None, Loaded((), skipped=f"of the type {named[:40] or '?'} (see the option types)")
        try:
            title = honest_languages(lang_text(raw.get("nimi")))
        except ValueError as error:
            return None, item.problem(oid, "nimi", f"The name cannot be read: {error}.", _REMEDY)
        if not title:
            return None, item.problem(oid, "nimi", f"The {kind} has no name.", _REMEDY)
        koulutus = raw.get("koulutusOid") if kind == "toteutus" else oid
        if not isinstance(koulutus, str) or not _OID.fullmatch(koulutus.strip()):
            reason = "The toteutus does not say by an OID of which koulutus it is."
            return None, item.problem(oid, "koulutusOid", reason, _REMEDY)
        provider = provider_of(raw, kind, self._university, self._names, fields)
        if provider is None:
            why = "no identifier of a provider (fetch it by its oid, or name the university)"
            return None, Loaded((), skipped=f"a {kind} with {why}")
        code = fields.read("metadata.tunniste", metadata.get("tunniste"), optional_text)
        badge = "osaamismerkkiKoodiUri"
        code = code or fields.read(badge, metadata.get(badge), codes.code_of)
        higher = named in codes.table("higher_education")
        course = course_of(raw, metadata, self._kinds[named], fields, higher_education=higher)
        course = replace(course, title=title, homepage=f"{PAGE}/{kind}/{oid}")
        offering = offering_of(raw, metadata, course, fields) if kind == "toteutus" else None
        rank = (bool(metadata), str(raw.get("modified") or ""))
        place = (item.file, item.place)
        study = _Study(oid, koulutus.strip(), provider, code, course, offering, rank, place)
        return study, Loaded((), tuple(fields.warnings))


def _kind(raw: object) -> str | None:
    """Return what a record is, by its OID: the register numbers each kind of thing apart."""
    oid = raw.get("oid") if isinstance(raw, Mapping) else None
    if not isinstance(raw, Mapping) or not isinstance(oid, str) or not _OID.fullmatch(oid.strip()):
        return None
    numbered = {
        "10": "organisation", "13": "koulutus", "17": "toteutus", "20": "hakukohde", "29": "haku",
    }  # fmt: skip
    parts = oid.strip().split(".")
    if oid.strip().startswith("1.2.246.562.") and len(parts) == 6:
        return numbered.get(parts[4])
    if "koulutusOid" in raw:
        return "toteutus"
    return "koulutus" if "koulutustyyppi" in raw else None


def _identity(study: _Study, best: Mapping[str, _Study]) -> tuple[str, str]:
    """Return university and code of the course that a study tells or offers."""
    key = study.provider.key
    if study.own_code or study.kind == "koulutus":
        return key, study.own_code or study.oid
    parent = best.get(study.koulutus)
    code = parent.own_code if parent is not None and parent.provider.key == key else None
    return key, code or study.koulutus


def _course_code(part: str, best: Mapping[str, _Study]) -> str:
    """Return the code of the course of which a part is an offering, if the files hold it."""
    return _identity(best[part], best)[1] if part in best else part


def _says(course: Course) -> list[str]:
    return [what for what in _SHARED if getattr(course, what) not in (None, (), {})]


def _small(study: _Study) -> _Study:
    """Return a study without its texts, to be kept while the files are read."""
    marks: dict[str, Any] = dict.fromkeys(_says(study.course), True)
    course = replace(Course("", "", study.course.title, kind=study.course.kind), **marks)
    offering = CourseOffering(study.oid, "", "") if study.offering else None
    return replace(study, course=course, offering=offering, provider=Provider(study.provider.key))
