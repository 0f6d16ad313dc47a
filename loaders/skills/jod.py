"""National skill demand: the opportunities of Osaamispolku (JOD), as JSON or as the SQL of its imports.

A *work opportunity* is a group of job adverts; it tells in how many percent of them an ESCO skill or
occupation occurs. Each share is a need. An *education opportunity* is a group of studies and tells
shares too; which of the studies gives which skill it does not tell, so it is counted and passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from graph.identifiers import digest
from graph.records import SkillNeed
from loaders.base import Loaded, LoaderInfo, Outcome, Problem
from loaders.readers.fields import Fields, guarded, mapping
from loaders.readers.files import SourceFile
from loaders.readers.json_stream import Item, read_items
from loaders.readers.loose_json import listed, objects
from loaders.readers.sql_json import PlainRow, SqlItem, read_sql
from loaders.regions import region_code
from loaders.skills.esco_terms import ESCO
from loaders.texts.text import lang_text, parse_day, parse_number, plain_text

_CONCEPT = re.compile(rf"{ESCO}(?:skill|occupation|isco)/[^\s<>\"{{}}|\\^`]+")
_PERIOD = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?(/\d{4}(-\d{2}(-\d{2})?)?)?")
_REMEDY = "Correct the opportunity in the source, or fetch it again."
_WORK = ("osaamisvaatimukset", "perustiedot", "tyopaikkailmoitukset", "ammattiryhma", "aineisto")
_EDUCATION = ("koulutukset", "koulutusalaJakauma", "tyyppi", "kestoMediaani")


@dataclass(frozen=True, slots=True)
class _Version:
    """Which copy of an opportunity counts: created last, changed by an update, read last."""

    rank: tuple[str, bool, int]


class JodLoader:
    """Reads the work opportunities of Osaamispolku."""

    info = LoaderInfo(
        name="jod",
        title="National skill demand (Osaamispolku)",
        description="Work opportunities with shares of ESCO skills and occupations; JSON or SQL.",
        version="1",
        file_patterns=("*.json", "*.jsonl", "*.sql"),
        options={"period": "period of all needs, for example 2026-01/2026-06 (default: the source's)"},
    )

    def read(self, files: Sequence[SourceFile], options: Mapping[str, str]) -> Iterator[Outcome]:
        """Yield one outcome per opportunity, and per row of other tables; see `Loader.read`."""
        newest: dict[str, _Version] = {}
        for number, item in enumerate(_items(files)):
            if isinstance(item, Item) and (identifier := _identifier(item.value)):
                version = _Version(_rank(item, number))
                if identifier not in newest or version.rank > newest[identifier].rank:
                    newest[identifier] = version
        period = options.get("period", "")
        for number, item in enumerate(_items(files)):
            if isinstance(item, Problem):
                yield item
            elif isinstance(item, PlainRow):
                yield Loaded((), skipped=f"a row of the table {item.table} (no opportunity)")
            else:
                yield guarded(item, _reader(number, newest, period))


def _items(files: Sequence[SourceFile]) -> Iterator[Item | PlainRow | Problem]:
    for file in files:
        if file.plain_name.lower().endswith(".sql"):
            yield from read_sql(file)
        else:
            yield from read_items(file, ("sisalto", "content"))


def _identifier(value: object) -> str:
    identifier = value.get("id") if isinstance(value, Mapping) else None
    return plain_text(identifier) if isinstance(identifier, str) else ""


def _rank(item: Item, number: int) -> tuple[str, bool, int]:
    updated = isinstance(item, SqlItem) and item.statement == "update"
    return str(item.value.get("luomisaika") or ""), updated, number


def _reader(number: int, newest: Mapping[str, _Version], period: str) -> Any:  # noqa: ANN401
    def read(item: Item) -> Outcome:
        if not isinstance(item.value, Mapping):
            return item.problem("", "", "The record is no opportunity of Osaamispolku.", _REMEDY)
        raw: Mapping[str, Any] = item.value
        is_work = any(name in raw for name in _WORK)
        if not is_work and not any(name in raw for name in _EDUCATION):
            return item.problem("", "", "The record is no opportunity of Osaamispolku.", _REMEDY)
        identifier = _identifier(raw)
        if not identifier:
            return item.problem("", "id", "The opportunity has no id.", _REMEDY)
        if newest[identifier].rank[2] != number:
            return Loaded((), skipped="an older copy of an opportunity")
        if not is_work:
            reason = "an education opportunity (shares of a group, not which study gives which skill)"
            return Loaded((), skipped=reason)
        return _needs(item, identifier, period)

    return read


def _needs(item: Item, identifier: str, period: str) -> Outcome:
    raw: Mapping[str, Any] = item.value
    fields = Fields(item, identifier)
    when = period if _PERIOD.fullmatch(period) else _period(raw, fields)
    if not when:
        reason = "The opportunity tells no time: neither dates of adverts nor when it was made."
        return item.problem(identifier, "luomisaika", reason, "Give the option period.")
    where = fields.read("sijainti", raw, _region) or "FI"
    basis = str(raw.get("aineisto") or "").strip()[:40]
    from_adverts = basis == "TMT" or (not basis and bool(objects(raw.get("tyopaikkailmoitukset"))))
    unit = "percent of job adverts" if from_adverts else "percent of records"
    title = _title(raw, fields)
    needs: dict[str, SkillNeed] = {}
    for name, values in _distributions(raw, fields):
        total = fields.read(f"{name}.kokonaismaara", values.get("kokonaismaara"), parse_number)
        if total is None:
            total = fields.read(f"{name}.maara", values.get("maara"), parse_number)
        counted = f" ({total} {'job adverts' if from_adverts else 'records'})" if total else ""
        source = ": ".join(part for part in (f"Osaamispolku {basis}".strip(), title) if part) + counted
        for concept, share in _shares(name, values, fields):
            key = digest("|".join(("jod", identifier, concept, where, when)))
            if concept in needs:
                fields.warn(name, f"{concept} stands twice; the first share was kept.", _REMEDY)
                continue
            needs[concept] = SkillNeed(f"jod/{key}", concept, where, when, share, unit, source)
    if not needs:
        if fields.warnings:
            first = fields.warnings[0]
            return item.problem(identifier, first.field, first.reason, _REMEDY)
        return Loaded((), skipped="a work opportunity that names no skill and no occupation")
    return Loaded(tuple(needs.values()), tuple(fields.warnings))


def _distributions(raw: Mapping[str, Any], fields: Fields) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the shares of skills and occupations, as the import and as the web service names them."""
    wanted = fields.read("osaamisvaatimukset", raw.get("osaamisvaatimukset"), mapping) or {}
    served = fields.read("jakaumat", raw.get("jakaumat"), mapping) or {}
    served = {str(key).lower(): value for key, value in served.items()}
    for name, others in (
        ("osaamiset", ("osaaminen", "osaamiset")),
        ("ammatit", ("ammatti", "ammatit")),
    ):
        value = wanted.get(name) or next((served[one] for one in others if served.get(one)), None)
        found = fields.read(name, value, mapping)
        if found:
            yield name, found


def _shares(name: str, values: Mapping[str, Any], fields: Fields) -> Iterator[tuple[str, Decimal]]:
    for entry in listed(values.get("arvot")):
        if not isinstance(entry, Mapping):
            fields.warn(f"{name}.arvot", "An entry was left out: it is no object.", _REMEDY)
            continue
        concept = str(entry.get("arvo") or "").strip()
        if not _CONCEPT.fullmatch(concept):
            reason = f"{concept[:100]!r} was left out: it is no skill or occupation of ESCO."
            fields.warn(f"{name}.arvot.arvo", reason, _REMEDY)
            continue
        value = entry.get("prosenttiosuus", entry.get("osuus"))
        share = fields.read(f"{name}.arvot.prosenttiosuus", value, parse_number)
        if share is None or share > 100:
            if share is not None or value is None:
                reason = f"{concept} was left out: its share is not a number from 0 to 100."
                fields.warn(f"{name}.arvot.prosenttiosuus", reason, _REMEDY)
            continue
        yield concept, round(share, 2).normalize() if share != share.to_integral() else share


def _title(raw: Mapping[str, Any], fields: Fields) -> str:
    """Return the opportunity's name, in English if it has it."""
    basics = fields.read("perustiedot", raw.get("perustiedot"), mapping) or {}
    value = basics.get("tyomahdollisuudenOtsikko") or raw.get("otsikko")
    texts = fields.read("tyomahdollisuudenOtsikko", value, lang_text) or {}
    return next((texts[code] for code in ("en", "fi", "sv") if code in texts), "")[:100]


def _period(raw: Mapping[str, Any], fields: Fields) -> str:
    """Return the months in which the adverts were published, else the month of the opportunity."""

    def months(value: object) -> list[str]:
        days = [parse_day(one.get("julkaisupvm")) for one in objects(value)]
        wrong = next((day for day in days if day and not 1990 <= day.year <= 2100), None)
        if wrong:
            raise ValueError(f"an advert of {wrong} is not plausible")
        return sorted({day.isoformat()[:7] for day in days if day})

    found = fields.read("tyopaikkailmoitukset", raw.get("tyopaikkailmoitukset"), months)
    if found:
        return found[0] if len(found) == 1 else f"{found[0]}/{found[-1]}"
    day = fields.read("luomisaika", raw.get("luomisaika"), parse_day)
    return day.isoformat()[:7] if day else ""


def _region(raw: Mapping[str, Any]) -> str:
    """Return the only place of all adverts, else the country.

    The shares of skills are not told by place: an opportunity of several places is one of the country.
    """
    places = mapping(raw.get("sijainti"))
    for name in ("kuntaJakauma", "maakuntaJakauma", "maaJakauma"):
        values = objects(mapping(places.get(name)).get("arvot"))
        if len(values) != 1:
            continue
        share, code = parse_number(values[0].get("prosenttiosuus")), values[0].get("arvo")
        if share is not None and share >= Decimal("99.99") and isinstance(code, str) and code.strip():
            return region_code(code.strip()) if name == "maakuntaJakauma" else code.strip()
    return "FI"
