"""Replies of the ESCO web service, and concepts in the form of Job Market Finland's profiles.

Where the concepts stand in a reply is told by `loaders/skills/esco_replies.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from graph.records import Concept, ConceptRelation, Record
from loaders.base import Loaded, LoaderInfo, Outcome, Problem
from loaders.readers.fields import Fields, guarded, mapping
from loaders.readers.files import SourceFile
from loaders.readers.json_stream import Item
from loaders.skills.esco_replies import BACKWARD, FORWARD, Found, concepts_of, relation
from loaders.skills.esco_terms import (
    ESCO,
    LANGUAGES,
    LANGUAGES_HELP,
    RETIRED_STATUSES,
    in_languages,
    is_address,
    kind_of,
    languages_of,
)
from loaders.texts.text import lang_text, optional_text

_REMEDY = "Fetch the concept again."
_CLASSES = {"Skill": "Skill", "Occupation": "Occupation", "Concept": "GroupConcept"}
_REPLACED = ("isReplacedBy", "replacedBy")


class EscoApiLoader:
    """Reads the concepts in saved replies: single ones, searches, relations, profiles."""

    info = LoaderInfo(
        name="esco-api",
        title="ESCO web service",
        description="Saved JSON replies of the ESCO web-service interface, one or many to a file.",
        version="1",
        file_patterns=("*.json", "*.jsonl", "*.jsonl.gz"),
        options={"languages": LANGUAGES_HELP},
    )

    def read(self, files: Sequence[SourceFile], options: Mapping[str, str]) -> Iterator[Outcome]:
        """Yield one outcome per concept that a reply holds; see `Loader.read`."""
        reader = _Reader(languages_of(options.get("languages", LANGUAGES)))
        for file in files:
            for found in concepts_of(file):
                if isinstance(found, Found):
                    yield guarded(found.item, lambda item, one=found: reader.read(item, one.relations))  # type: ignore[misc]
                else:
                    yield found


class _Reader:
    """Reads concepts, and knows those that it has read: their addresses and how full they were."""

    def __init__(self, languages: set[str] | None) -> None:
        self._languages = languages
        self._seen: dict[str, tuple[int, frozenset[str]]] = {}
        """Address → how full the fullest reply was, and the languages of all."""

    def read(self, item: Item, edges: tuple[ConceptRelation, ...]) -> Outcome:
        """Read a concept; one that was read before counts only if it says more this time."""
        outcome = self._read(item, edges)
        if isinstance(outcome, Problem) or outcome.skipped:
            return outcome
        first = outcome.records[0]
        assert isinstance(first, Concept)
        fullness = len(outcome.records) + sum(bool(getattr(first, name)) for name in _FULLNESS)
        before, known = self._seen.get(first.uri, (-1, frozenset()))
        # The service answers in one language at a time if it is asked so.
        if before < fullness or not known.issuperset(first.pref_label):
            self._seen[first.uri] = max(before, fullness), known.union(first.pref_label)
            return outcome
        if edges:
            return Loaded(edges, outcome.warnings)
        return Loaded((), skipped="a concept that an earlier reply already gave")

    def _read(self, item: Item, edges: tuple[ConceptRelation, ...]) -> Outcome:
        raw: Mapping[str, Any] = item.value
        uri = raw.get("uri")
        if not isinstance(uri, str) or not uri.strip():
            return item.problem("", "uri", "The concept has no address.", _REMEDY)
        if not is_address(uri):
            return item.problem(uri[:100], "uri", f"{uri[:100]!r} is no address of ESCO.", _REMEDY)
        code = raw.get("code") if isinstance(raw.get("code"), str) else None
        kind = kind_of(uri, _CLASSES.get(str(raw.get("className")), ""), code)
        if kind is None:
            return Loaded((), skipped="a concept of a code list of ESCO (not part of the graph)")
        fields = Fields(item, uri)
        given = _labels(raw, fields)
        labels = in_languages(given, self._languages) or given
        if not labels:
            return item.problem(uri, "preferredLabel", "The concept has no label.", _REMEDY)
        return _concept(raw, uri, kind, labels, fields, edges, self._languages)


_FULLNESS = ("alt_labels", "description", "scope_note", "skill_type", "in_schemes", "notation")


def _labels(raw: Mapping[str, Any], fields: Fields) -> dict[str, str]:
    for name in ("preferredLabel", "prefLabel"):
        texts = fields.read(name, raw.get(name), lang_text)
        if texts:
            return {language: " ".join(text.split()) for language, text in texts.items()}
    title = fields.read("title", raw.get("title"), optional_text)
    # The title is in the language that was asked for, which only the address of the reply names.
    links = raw.get("_links")
    asked = re.search(
        r"[?&]language=([a-z]{2})\b", str(links.get("self") if isinstance(links, Mapping) else "")
    )
    return {asked[1] if asked else "und": title} if title else {}


def _concept(
    raw: Mapping[str, Any],
    uri: str,
    kind: str,
    labels: dict[str, str],
    fields: Fields,
    edges: tuple[ConceptRelation, ...],
    languages: set[str] | None,
) -> Outcome:
    def texts(name: str) -> dict[str, str]:
        return in_languages(fields.read(name, raw.get(name), _literals) or {}, languages)

    links = fields.read("_links", raw.get("_links"), mapping) or {}

    def targets(name: str) -> list[str]:
        found = [
            *(fields.read(f"_links.{name}", links.get(name), _addresses) or ()),
            *(fields.read(name, raw.get(name), _addresses) or ()),
        ]
        return list(dict.fromkeys(found))

    status = fields.read("status", raw.get("status"), optional_text)
    concept = Concept(
        uri=uri,
        kind=kind,
        pref_label=labels,
        alt_labels=in_languages(_alternatives(raw, fields, labels), languages),
        hidden_labels=in_languages(
            fields.read("hiddenLabel", raw.get("hiddenLabel"), _word_lists) or {}, languages
        ),
        description=texts("description"),
        definition=texts("definition"),
        scope_note=texts("scopeNote"),
        notation=fields.read("code", raw.get("code"), optional_text),
        skill_type=_last_part([*targets("hasSkillType"), *targets("skillType")]),
        reuse_level=_last_part([*targets("hasReuseLevel"), *targets("reuseLevel")]),
        status=status,
        in_schemes=tuple(targets("isInScheme")),
        isco_group=next(
            (group for group in targets("broaderIscoGroup") if group.startswith(f"{ESCO}isco/")), None
        ),
        replaced_by=tuple(dict.fromkeys(one for name in _REPLACED for one in targets(name))),
        deprecated=status in RETIRED_STATUSES,
    )
    relations = dict.fromkeys(edges)
    for name in (*FORWARD, *BACKWARD):
        for target in targets(name):
            relations.update(dict.fromkeys(relation(uri, name, target)))
    records: tuple[Record, ...] = (concept, *relations)
    return Loaded(records, tuple(fields.warnings))


def _addresses(value: object) -> list[str]:
    """Return the addresses of a link: one or several, each an object with `uri` or a text.

    Raises:
        ValueError: something in it has no address of ESCO.
    """
    if value is None:
        return []
    parts = value if isinstance(value, list) else [value]
    found = [part.get("uri") if isinstance(part, Mapping) else part for part in parts]
    wrong = [part for part in found if not is_address(part)]
    if wrong:
        raise ValueError(f"{str(wrong[0])[:80]!r} is no address of ESCO")
    return [str(part) for part in found]


def _literals(value: object) -> dict[str, str]:
    """Return the texts of `{"en": {"literal": "…", "mimetype": "plain/text"}}`, or of plain texts."""
    given = mapping(value) if not isinstance(value, str) else {"und": value}
    return lang_text(
        {
            language: text.get("literal") if isinstance(text, Mapping) else text
            for language, text in given.items()
        }
    )


def _word_lists(value: object) -> dict[str, tuple[str, ...]]:
    """Return the words of `{"en": ["…"]}`, `{"en": "…"}` or `{"en": [{"label": "…", "roles": […]}]}`.

    Raises:
        ValueError: it is built in another way.
    """
    found: dict[str, tuple[str, ...]] = {}
    for language, words in mapping(value).items():
        parts = words if isinstance(words, list) else [words]
        texts = [part.get("label") if isinstance(part, Mapping) else part for part in parts]
        plain = [
            " ".join(text.split()) for one in texts for text in lang_text({language: one}).values()
        ]
        if plain:
            found[language.lower()] = tuple(dict.fromkeys(plain))
    return found


def _alternatives(
    raw: Mapping[str, Any], fields: Fields, labels: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for name in ("alternativeLabel", "altLabel", "alternativeTerms"):
        for language, words in (fields.read(name, raw.get(name), _word_lists) or {}).items():
            own = (word for word in words if word != labels.get(language))
            found.setdefault(language, {}).update(dict.fromkeys(own))
    return {language: tuple(words) for language, words in found.items() if words}


def _last_part(addresses: Sequence[str]) -> str | None:
    """`…/skill-type/knowledge` → `knowledge`."""
    return addresses[0].rpartition("/")[2] if addresses else None
