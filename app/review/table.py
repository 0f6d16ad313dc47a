"""The review as a spreadsheet: rows out, rows with decisions in."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from app.review.item import ReviewItem
from app.review.queue import Filter, Queue
from app.review.store import DECISIONS, UNDO, Entry, Judged, Reviewer, ReviewError, ReviewStore
from graph.identifiers import Identifiers
from graph.store import GraphStore
from ontology import terms as t
from queries.labels import labels
from queries.library import load_library, run
from queries.search import SearchIndex

COLUMNS = (
    "link", "decision", "better_skill", "title", "sentence", "skill_name", "matched_label", "relation",
    "field", "language", "confidence", "linker", "sample", "subject", "skill",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
MOST = 5000
"""Rows of one table."""
_MAX_FAULTS = 100


class TableError(Exception):
    """The file as a whole is no table of ours; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a table needs of a data directory."""

    store: GraphStore
    ids: Identifiers
    queue: Queue
    review: ReviewStore


@dataclass(slots=True)
class Imported:
    """What became of the rows of a table."""

    taken: int = 0
    unchanged: int = 0
    """Rows that say what is in force already."""
    empty: int = 0
    """Rows without a decision."""
    faults: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many rows there were."""
        return self.taken + self.unchanged + self.empty + len(self.faults)


def write_table(place: Place, wanted: Filter, state: str, limit: int, language: str) -> Iterator[str]:
    """Yield a table as text, in pieces.

    Args:
        place: where the links and judgements are.
        wanted: which links.
        state: `open` (the queue, in its order), `decided`, or `all`.
        limit: open links at most.
        language: in which things are named.
    """
    yield "\ufeff" + _line(dict(zip(COLUMNS, COLUMNS, strict=True)))
    if state in ("decided", "all"):
        for entry in place.review.current():
            if _fits(entry, wanted, place):
                yield _line(_decided_row(place, entry, language))
    if state in ("open", "all"):
        for item, sample in place.queue.mixed(wanted, min(limit, MOST)):
            judged = ReviewItem(place.store, place.ids, item).judged(sample)
            yield _line(_row(place, judged, language))


def _fits(entry: Entry, wanted: Filter, place: Place) -> bool:
    given = wanted.columns()
    judged = entry.judged
    own = {
        "subject": judged.subject, "skill": judged.skill, "language": judged.language,
        "relation": judged.relation, "linker": judged.linker,
    }  # fmt: skip
    if any(own[name] != value for name, value in given.items() if name in own):
        return False
    if "university" in given or "kind" in given:
        return place.queue.has(judged.link, wanted)
    return True


def _row(place: Place, judged: Judged, language: str) -> dict[str, str]:
    names = labels(place.store, [judged.subject, judged.skill], language)
    return {
        "link": judged.link,
        "decision": "",
        "better_skill": "",
        "title": names.get(judged.subject, ""),
        "sentence": judged.sentence,
        "skill_name": names.get(judged.skill, ""),
        "matched_label": judged.evidence[0].matched_label if judged.evidence else "",
        "relation": judged.relation,
        "field": judged.field,
        "language": judged.language,
        "confidence": f"{judged.confidence:.4f}",
        "linker": judged.linker,
        "sample": judged.sample,
        "subject": judged.subject,
        "skill": judged.skill,
    }


def _decided_row(place: Place, entry: Entry, language: str) -> dict[str, str]:
    row = _row(place, entry.judged, language)
    return row | {"decision": entry.decision, "better_skill": entry.better or ""}


def _line(row: Mapping[str, str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([_safe(row[name]) for name in COLUMNS])
    return out.getvalue()


def _safe(text: str) -> str:
    """Keep a spreadsheet from taking a text for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def import_table(
    data: bytes, place: Place, search: SearchIndex, reviewer: Reviewer, *, dry_run: bool = False
) -> Imported:
    """Take the decisions of a table; rows with a fault are told and left out.

    Only `link`, `decision` and `better_skill` are read; what is judged comes from the graph.

    Args:
        data: the file: UTF-8, comma, semicolon or tab.
        place: where the links and judgements are.
        search: names of skills.
        reviewer: whose decisions they are.
        dry_run: only tell.

    Raises:
        TableError: the file cannot be read at all.
    """
    result = Imported()
    taken: dict[str, tuple[Judged, str, str | None]] = {}
    undone: list[int] = []
    in_force = {entry.judged.link: entry for entry in place.review.current()}
    for number, row in _read(data):
        try:
            key, decision = row.get("link", ""), row.get("decision", "").casefold()
            if not decision:
                result.empty += 1
                continue
            former = in_force.get(key)
            if decision == UNDO:
                if former is None:
                    raise ReviewError("there is no decision to take back.")
                if reviewer.role != "admin" and former.reviewer.subject != reviewer.subject:
                    raise ReviewError("only an admin can take back what another person decided.")
                undone.append(former.id)
                result.taken += 1
                continue
            if decision not in DECISIONS:
                known = ", ".join((*DECISIONS, UNDO))
                raise ReviewError(f"the decision {decision!r} is none of {known}.")
            judged = _judged(key, row, former, place)
            better = _better(row, decision, judged, place, search)
            if former is not None and (former.decision, former.better) == (decision, better):
                result.unchanged += 1
            elif key in taken:
                raise ReviewError("the link stands in the file twice with a decision.")
            else:
                taken[key] = (judged, decision, better)
                result.taken += 1
        except ReviewError as error:
            result.faults.append(f"Row {number}: {error}")
    if not dry_run:
        place.review.judge_all(taken.values(), reviewer)
        for judgement in undone:
            place.review.undo(judgement, reviewer)
    return result


def _judged(key: str, row: Mapping[str, str], former: Entry | None, place: Place) -> Judged:
    item = place.queue.get(key)
    if item is not None:
        sample = row.get("sample", "")
        sample = sample if sample in ("uncertain", "random") else "table"
        return ReviewItem(place.store, place.ids, item).judged(sample)
    if former is not None:
        return former.judged
    raise ReviewError(
        f"there is no link {key!r} in the graph. Export the table again: the link may be gone."
        if key
        else "the column link is empty; it says which link is meant. Export the table again."
    )


def _better(
    row: Mapping[str, str], decision: str, judged: Judged, place: Place, search: SearchIndex
) -> str | None:
    text = row.get("better_skill", "").strip()
    if decision != "better":
        if text:
            raise ReviewError(f"a better skill is given, but the decision is {decision}.")
        return None
    if not text:
        raise ReviewError("the decision is better, but no better_skill is given: its address or name.")
    skill = text if text.startswith(("http://", "https://")) else _skill_named(text, judged, search)
    if not _is_skill(skill, place):
        raise ReviewError(f"{text} is no skill of the graph.")
    if skill == judged.skill:
        raise ReviewError("the better skill is the one that the link has already.")
    return skill


def _skill_named(name: str, judged: Judged, search: SearchIndex) -> str:
    wanted = name.casefold()
    hits = search.find(name, judged.language, kinds=("skill",), limit=20)
    found = {hit.thing for hit in hits if wanted in (hit.label.casefold(), hit.matched.casefold())}
    if len(found) != 1:
        why = "no skill has" if not found else "several skills have"
        raise ReviewError(f"{why} the name {name!r}. Give the skill's address.")
    return found.pop()


def _is_skill(iri: str, place: Place) -> bool:
    try:
        rows = run(place.store, load_library().get("types-of"), {"thing": iri}).rows
    except Exception as error:  # an address that is none
        raise ReviewError(f"{iri} is no address of a skill.") from error
    return any(row["type"].value == t.ESCO + "Skill" for row in rows)


def _read(data: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        raise TableError("The file is not in UTF-8. Save it as “CSV UTF-8” and try again.") from None
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        head = [name.strip().casefold() for name in next(reader, [])]
        missing = [name for name in ("link", "decision") if name not in head]
        if missing:
            raise TableError(
                f"The first row lacks the column {' and '.join(missing)}. Begin with an exported table."
            )
        for cells in reader:
            if any(cell.strip() for cell in cells):
                values = (cell.strip() for cell in cells)
                yield reader.line_num, dict(zip(head, values, strict=False))
    except csv.Error as error:
        raise TableError(f"Line {reader.line_num} of the file cannot be read: {error}.") from None


def told(result: Imported) -> Iterator[str]:
    """Yield what became of the rows, in sentences."""
    yield (
        f"{result.rows} rows: {result.taken} decisions taken, {result.unchanged} in force already, "
        f"{result.empty} without a decision, {len(result.faults)} with a fault."
    )
    yield from result.faults[:_MAX_FAULTS]
    if len(result.faults) > _MAX_FAULTS:
        yield f"… and {len(result.faults) - _MAX_FAULTS} more rows with a fault."
