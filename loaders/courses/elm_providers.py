"""Who gives a course of the European Learning Model, and by which code it is known there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from graph.identifiers import digest
from graph.records import Organisation
from loaders.courses.elm_graph import Node
from loaders.universities import (
    key_of_name,
    key_of_oid,
    key_of_organisation_code,
    universities,
    university,
)

_OID = re.compile(r"(?:^|[/:])(\d+(?:\.\d+){5,})$")
_CODE = re.compile(r"^\d{5}$")
_DEPTH = 8
_OWN_SPACE = re.compile(r"^https?://rdf\.oph\.fi/[^/]+/([0-9.]+)$")
"""Addresses that Opintopolku gives its things in Europass: the OID is what it knows them by."""


def provider_of(node: Node) -> Node | None:
    """Return the organisation that gives a course or offering, None if nothing names one.

    In order: who provides it, who awards it (also in the credential that it specifies), who provides an
    offering of it, who publishes it, who issued the credential.
    """
    return next(_candidates(node), None)


def _candidates(node: Node) -> Iterator[Node]:
    yield from node.nodes("providedBy")
    for opportunity in node.nodes("awardingOpportunity"):
        yield from opportunity.nodes("awardingBody")
    for achievement in node.graph.pointing_to(node.id, "specifiedBy"):
        for process in achievement.nodes("awardedBy"):
            yield from process.nodes("awardingBody")
    for offering in node.graph.pointing_to(node.id, "learningAchievementSpecification"):
        yield from offering.nodes("providedBy", "awardingBody")
    yield from node.nodes("publisher")


def organisation_of(node: Node) -> Organisation | None:
    """Return the university of which an organisation is a part or which it is; None if it has no id.

    A listed university counts by its ROR, OID, code or exact name; else an organisation is known by its
    identifier or by a digest of its address.
    """
    top = node
    for _ in range(_DEPTH):
        if key := _listed(top):
            return university(key)
        above = top.nodes("subOrganizationOf")
        if not above:
            break
        top = above[0]
    names = top.texts("legalName", "prefLabel", "title", "altLabel")
    numbers = _numbers(top)
    oid = next((match[1] for one in (top.id, *numbers) if (match := _OID.search(one))), None)
    if oid:
        return Organisation(f"oid-{oid}", names or {"und": oid}, (f"urn:oid:{oid}",))
    if top.is_local and not numbers:
        return None
    own = numbers[0] if top.is_local else top.id
    identifiers = numbers if top.is_local else (top.id, *numbers)
    return Organisation(f"elm-{digest(own)}", names or {"und": own}, tuple(identifiers))


def _numbers(node: Node) -> list[str]:
    """Return the notations of the identifiers of a thing."""
    return [text for one in node.nodes("identifier") for text in one.values("notation")]


def _listed(node: Node) -> str | None:
    rors = {item.ror: item.key for item in universities() if item.ror}
    for one in (node.id, *_numbers(node)):
        match = _OID.search(one)
        if key := rors.get(one.rstrip("/").replace("http://ror", "https://ror")):
            return key
        if match and (key := key_of_oid(match[1])):
            return key
        if _CODE.match(one) and (key := key_of_organisation_code(one)):
            return key
    for name in node.texts("legalName", "prefLabel", "altLabel").values():
        if key := key_of_name(name):
            return key
    return None


def code_of(node: Node) -> str:
    """Return by what a course is known: its code, else what its address says, else what it says itself.

    Of several identifiers the one whose scheme speaks of a code counts, else the first.
    """
    ranked: list[tuple[bool, str]] = []
    for identifier in node.nodes("identifier"):
        scheme = " ".join(identifier.values("schemeName")).lower()
        is_code = any(word in scheme for word in ("code", "koodi", "kod"))
        ranked += [(not is_code, number) for number in identifier.values("notation")]
    if ranked:
        return min(ranked, key=lambda pair: pair[0])[1]
    if own := _OWN_SPACE.match(node.id):
        return own[1]
    if not node.is_local:
        return digest(node.id)
    # Credentials number their parts within themselves only (`urn:epass:qualification:1`).
    return digest("|".join(sorted(_own_words(node))))


def _own_words(node: Node) -> Iterator[str]:
    yield from node.texts("title").values()
    for outcome in node.nodes("learningOutcome"):
        yield from outcome.texts("title").values()


def identifiers_of(node: Node) -> tuple[str, ...]:
    """Return the address and the other identifiers of a course."""
    codes = [text for one in node.nodes("qualificationCode") for text in one.values("notation")]
    own = [] if node.is_local else [node.id]
    return tuple(dict.fromkeys((*own, *_numbers(node), *codes)))
