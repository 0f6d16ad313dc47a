"""OpenAIRE CERIF: persons and organisations, as records of their own and within other records."""

from __future__ import annotations

from graph.records import Organisation, Person
from loaders.base import Loaded, Outcome
from loaders.readers.fields import Fields, SourceRecord
from loaders.readers.xml_stream import Node, attribute, children, descend, text_of, texts_of
from loaders.research.oai_fields import flowing_text
from loaders.research.oai_header import local_key
from loaders.research.people import (
    display_name,
    family_given,
    institution,
    orcid_of,
    parse_orcid,
    person,
)
from loaders.texts.languages import language_code
from loaders.texts.text import plain_text
from loaders.universities import key_of_name, university

_REMEDY = "Correct the record in the research information system."
_REGISTERS = {"GRID": "grid:", "ISNI": "isni:", "FundRefID": ""}
_NESTED = 5
"""Levels of units within units that are followed."""


def lang_texts(node: Node, name: str) -> dict[str, str]:
    """Return the texts of child elements by their language (`xml:lang`), the first of each."""
    texts: dict[str, str] = {}
    for child in children(node, name):
        try:
            code = language_code(attribute(child, "lang")) or "und"
        except ValueError:
            code = "und"
        if text := plain_text(flowing_text(child)):
            texts.setdefault(code, text)
    return texts


def own_identifier(node: Node, repository: str) -> str | None:
    """Return the OAI identifier of the entity that an element describes or points to, if it has one."""
    number = attribute(node, "id")
    return f"oai:{repository}:{number}" if number and repository else None


def organisation(node: Node, repository: str, depth: int = _NESTED) -> list[Organisation]:
    """Return the organisation of an `OrgUnit` and those of which it is a part; none without a name.

    The first is the organisation itself. One that has only an acronym is named by it.
    """
    names = lang_texts(node, "Name") or {"und": text_of(node, "Acronym") or ""}
    names = {code: text for code, text in names.items() if text}
    number = attribute(node, "id")
    wholes = descend(node, "PartOf", "OrgUnit") if depth else []
    above = organisation(wholes[0], repository, depth - 1) if wholes else []
    if not names:
        return []
    known = None if wholes else next((key for one in names.values() if (key := key_of_name(one))), None)
    identifiers = [own_identifier(node, repository) or ""]
    identifiers += [
        f"{scheme}{one}" for tag, scheme in _REGISTERS.items() for one in texts_of(node, tag)
    ]
    if known:
        record = university(known)
        identifiers = [*record.identifiers, *identifiers]
        own: Organisation | None = Organisation(known, record.name, _known(identifiers), country="FI")
    else:
        own = institution(
            names,
            ror=text_of(node, "RORID"),
            source_key=local_key(repository, number) if number else None,
            identifiers=_known(identifiers),
            part_of=above[0].key if above else None,
        )
    return [own, *above] if own else []


def _known(identifiers: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in identifiers if one))


def affiliations(node: Node, repository: str) -> tuple[tuple[str, ...], list[Organisation]]:
    """Return the keys of an author's organisations, and all organisations that are named with them."""
    keys: list[str] = []
    found: list[Organisation] = []
    for unit in descend(node, "Affiliation", "OrgUnit"):
        if places := organisation(unit, repository):
            keys.append(places[0].key)
            found += places
    return tuple(keys), found


def one_person(
    node: Node, repository: str, key: str, maker: Node, fields: Fields
) -> tuple[Person | None, list[Organisation]]:
    """Return the person of a `Person` element within a work (None without a name), and their places.

    Args:
        node: the element.
        repository: host of the repository.
        key: of the work.
        maker: the `Author`, `Creator` or `Inventor` around it, which has the affiliations.
        fields: to warn.
    """
    keys, places = affiliations(maker, repository)
    name = _name(node) or display_name(*family_given(text_of(maker, "DisplayName") or ""))
    if not name:
        fields.warn("PersonName", "A person without a name was left out.")
        return None, places
    number = attribute(node, "id")
    own = own_identifier(node, repository)
    one = person(
        key,
        name,
        orcid=fields.read("ORCID", text_of(node, "ORCID"), parse_orcid),
        identifiers=(own,) if own else (),
        affiliations=keys,
        own_key=local_key(repository, number) if number else None,
    )
    return one, places


def _name(node: Node) -> str:
    return display_name(
        text_of(node, "PersonName", "FamilyNames") or "",
        text_of(node, "PersonName", "FirstNames") or "",
    )


def read_person(source: SourceRecord, node: Node, repository: str) -> Outcome:
    """Return the records of a `Person`; addresses and numbers of people are not read."""
    number = attribute(node, "id") or ""
    name = _name(node)
    if not name:
        return source.problem(number, "PersonName", "The person has no name.", _REMEDY)
    fields = Fields(source, number)
    orcid = fields.read("ORCID", text_of(node, "ORCID"), parse_orcid)
    if not number and not orcid:
        return source.problem("", "id", "The person has neither id nor ORCID.", _REMEDY)
    keys, places = affiliations(node, repository)
    identifiers = [own_identifier(node, repository) or ""]
    identifiers += [f"isni:{one.replace(' ', '')}" for one in texts_of(node, "ISNI")]
    identifiers += [f"scopus:{one}" for one in texts_of(node, "ScopusAuthorID")]
    record = Person(
        key=f"orcid-{orcid}" if orcid else local_key(repository, number),
        name=name,
        orcid=f"https://orcid.org/{orcid}" if orcid_of(orcid) else None,
        identifiers=_known(identifiers),
        affiliations=keys,
    )
    return Loaded((*places, record), tuple(fields.warnings))


def read_organisation(source: SourceRecord, node: Node, repository: str) -> Outcome:
    """Return the records of an `OrgUnit`, the unit itself last."""
    found = organisation(node, repository)
    if not found:
        number = attribute(node, "id") or ""
        return source.problem(number, "Name", "The organisation has no name, or no id.", _REMEDY)
    return Loaded(tuple(reversed(found)))
