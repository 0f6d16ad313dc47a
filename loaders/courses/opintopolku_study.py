"""Read what one koulutus or toteutus says of a course and of an offering of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from graph.records import Course, CourseOffering, LangText, LearningOutcome
from loaders.courses import opintopolku_codes as codes
from loaders.readers.fields import Fields, mapping
from loaders.texts.course_codes import codes_in
from loaders.texts.headed_text import headed_parts
from loaders.texts.text import honest_languages, lang_text, optional_text, parse_day

Part = Mapping[str, Any]
PAGE = "https://opintopolku.fi/konfo/fi"


def course_of(
    raw: Part, metadata: Part, kind: str, fields: Fields, *, higher_education: bool
) -> Course:
    """Return all that a record says of the course, save who gives it, its code, title and page.

    Args:
        raw: the koulutus or toteutus.
        metadata: its `metadata`.
        kind: one of `COURSE_KINDS`.
        fields: takes the warnings.
        higher_education: whether its size can be in ECTS credits.
    """
    opetus = fields.read("metadata.opetus", metadata.get("opetus"), mapping) or {}
    texts = _texts(raw, metadata, opetus, fields)
    least, greatest = codes.credits(fields, raw, metadata, higher_education=higher_education)
    external = fields.read("externalId", raw.get("externalId"), optional_text)
    return Course(
        university="",
        code="",
        title={},
        outcomes=texts["outcomes"],
        content=texts["content"],
        prerequisite_text=texts["prerequisite_text"],
        prerequisite_codes=codes_in(texts["prerequisite_text"].values(), (), ""),
        assessment=texts["assessment"],
        credits_min=least,
        credits_max=greatest,
        level=codes.study_level(fields, metadata),
        languages=codes.teaching_languages(fields, opetus),
        identifiers=tuple(filter(None, (str(raw["oid"]).strip(), external))),
        kind=kind,
        keywords=keywords(metadata, fields),
        eqf_level=codes.highest_eqf_level(fields, raw),
        isced_f=codes.fields_of_education(fields, raw, metadata),
        open_to_all=_open_to_all(raw, metadata),
        # A no of one toteutus says nothing of the course.
        small_module=_small_module(raw, metadata) or None,
        parts=_parts(raw, metadata, fields),
    )


def offering_of(raw: Part, metadata: Part, course: Course, fields: Fields) -> CourseOffering:
    """Return a toteutus as an offering; of which course, the caller decides.

    `course` is what `course_of` read from the same record.
    """
    opetus = fields.read("metadata.opetus", metadata.get("opetus"), mapping) or {}
    begins = fields.read("alkamiskausi", opetus.get("koulutuksenAlkamiskausi"), mapping) or {}
    start, end = (f"koulutuksen{word}paivamaara" for word in ("Alkamis", "Paattymis"))
    opens, closes = _application(raw, metadata, fields)
    oid = str(raw["oid"]).strip()
    return CourseOffering(
        key=oid,
        university="",
        course_code="",
        title=course.title,
        start=fields.read(start, begins.get(start), parse_day),
        end=fields.read(end, begins.get(end), parse_day),
        enrolment_start=opens,
        enrolment_end=closes,
        languages=course.languages,
        modes=codes.modes(fields, opetus),
        location=_places(raw, fields),
        price=codes.price(fields, opetus),
        open_to_all=course.open_to_all,
        small_module=_small_module(raw, metadata),
        homepage=f"{PAGE}/toteutus/{oid}",
    )


def badge_outcomes(badge: Part, fields: Fields) -> tuple[LearningOutcome, ...]:
    """Return the outcomes that a national badge lists one by one."""
    found: list[LearningOutcome] = []
    for goal in codes.parts(fields, "osaamistavoitteet", badge.get("osaamistavoitteet")):
        texts = fields.read("osaamistavoitteet", goal.get("osaamistavoite", goal), curriculum_text)
        if texts:
            found.append(LearningOutcome(texts))
    return tuple(found)


def curriculum_text(value: object) -> dict[str, str]:
    """Return a text in languages as ePerusteet writes it, with keys like `_id` beside the languages.

    Raises:
        ValueError: it is no such text.
    """
    own = ("id", "_id", "_tunniste", "_validointi")
    return lang_text({key: text for key, text in mapping(value).items() if key not in own})


def joined(outcomes: tuple[LearningOutcome, ...]) -> dict[str, str]:
    """Return outcomes as one text per language."""
    found: dict[str, list[str]] = {}
    for outcome in outcomes:
        for language, text in outcome.text.items():
            found.setdefault(language, []).append(text)
    return {language: "\n".join(texts) for language, texts in found.items()}


def _texts(raw: Part, metadata: Part, opetus: Part, fields: Fields) -> dict[str, LangText]:
    """Return the texts of a course: fields of their own, sections with a heading, parts of `kuvaus`."""
    names = ("outcomes", "content", "prerequisite_text", "assessment")
    found: dict[str, dict[str, list[str]]] = {name: {} for name in names}

    def add(part: str, texts: Mapping[str, str]) -> None:
        for language, words in texts.items():
            known = found[part].setdefault(language, [])
            if words not in known:
                known.append(words)

    own = metadata.get("osaamistavoitteet")
    add("outcomes", fields.read("metadata.osaamistavoitteet", own, lang_text) or {})
    for part, texts in _described(metadata.get("kuvaus") or raw.get("kuvaus"), fields):
        add("content" if part == "rest" else part, texts)
    for holder, name in ((metadata, "metadata"), (opetus, "opetus")):
        for section in codes.parts(fields, f"{name}.lisatiedot", holder.get("lisatiedot")):
            heading = codes.either(section, "otsikko", "otsikkoKoodiUri")
            code = fields.read("lisatiedot.otsikko", heading, codes.code_of)
            if code and code in codes.table("sections"):
                text = fields.read("lisatiedot.teksti", section.get("teksti"), lang_text) or {}
                add(codes.table("sections")[code], text)
    return {
        name: honest_languages({language: "\n\n".join(words) for language, words in texts.items()})
        for name, texts in found.items()
    }


def _described(value: object, fields: Fields) -> Iterator[tuple[str, dict[str, str]]]:
    plain = fields.read("kuvaus", value, lang_text) or {}
    if isinstance(value, Mapping):
        for language, text in value.items():
            if str(language).lower() in plain and isinstance(text, str):
                for part, words in headed_parts(text).items():
                    yield part, {str(language).lower(): words}


def keywords(metadata: Part, fields: Fields) -> dict[str, tuple[str, ...]]:
    """Return keywords, and the titles of occupations that the study leads to."""
    found: dict[str, dict[str, None]] = {}
    for name in ("asiasanat", "ammattinimikkeet"):
        for word in codes.parts(fields, name, metadata.get(name)):
            # Either {"kieli": "fi", "arvo": "…"} or {"fi": "…"}.
            pair = {str(word["kieli"]): word.get("arvo")} if "kieli" in word else word
            for language, text in (fields.read(name, pair, lang_text) or {}).items():
                found.setdefault(language, {})[text] = None
    return {language: tuple(words) for language, words in found.items()}


def _open_to_all(raw: Part, metadata: Part) -> bool | None:
    for value in (metadata.get("isAvoinKorkeakoulutus"), raw.get("isAvoinKorkeakoulutus")):
        if isinstance(value, bool):
            return value
    return True if str(raw.get("koulutustyyppiPath") or "").endswith("-avoin") else None


def _small_module(raw: Part, metadata: Part) -> bool | None:
    """Return whether the record calls the study a small competence module (since October 2025)."""
    name = "isPieniOsaamiskokonaisuus"
    return next((one for one in (metadata.get(name), raw.get(name)) if isinstance(one, bool)), None)


def _parts(raw: Part, metadata: Part, fields: Fields) -> tuple[str, ...]:
    """Return codes or OIDs of the single studies of which a whole consists."""
    name = "liitetytOpintojaksot"
    values = raw.get(name) or metadata.get(name) or []
    found: dict[str, None] = {}
    for value in values if isinstance(values, list) else [values]:
        word = value
        if isinstance(value, Mapping):
            inner = fields.read(f"{name}.metadata", value.get("metadata"), mapping) or {}
            word = inner.get("tunniste") or value.get("koulutusOid") or value.get("oid")
        code = fields.read(name, word, optional_text)
        if code:
            found[code] = None
    return tuple(found)


def _application(raw: Part, metadata: Part, fields: Fields) -> tuple[date | None, date | None]:
    """Return the first and the last day of the application period that begins last."""
    periods = [fields.read("metadata.hakuaika", metadata.get("hakuaika"), mapping) or {}]
    for one in codes.parts(fields, "hakutiedot", raw.get("hakutiedot")):
        for goal in codes.parts(fields, "hakukohteet", one.get("hakukohteet")):
            periods += codes.parts(fields, "hakuajat", goal.get("hakuajat"))
    days = [
        (
            fields.read("hakuaika.alkaa", period.get("alkaa"), parse_day),
            fields.read("hakuaika.paattyy", period.get("paattyy"), parse_day),
        )
        for period in periods
    ]
    return max(days, key=lambda pair: pair[0] or date.min)


def _places(raw: Part, fields: Fields) -> str | None:
    """Return the towns in which it is held."""
    found: dict[str, None] = {}
    values = raw.get("tarjoajat")
    for value in values if isinstance(values, list) else ():
        place = value.get("paikkakunta") if isinstance(value, Mapping) else None
        town = fields.read("paikkakunta", place, mapping) or {}
        names = fields.read("paikkakunta.nimi", town.get("nimi"), lang_text) or {}
        if name := names.get("fi") or next(iter(names.values()), None):
            found[name] = None
    return ", ".join(found) or None
