"""Step 2, link: assemble the staged sources and find the skills in their texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from pyoxigraph import Literal, Triple

from app.config import BuildConfig, ConfigError
from app.pipeline.assemble import assemble
from app.pipeline.decide import read_decisions, universities_of_courses, write_decisions
from app.pipeline.link_skills import outcomes_of, skill_infos
from app.pipeline.manifest import Manifest
from app.pipeline.steps import StepResult, add_provenance, next_store
from app.pipeline.text_fields import FIELDS
from app.progress import Progress
from app.review.queue import NAME as QUEUE
from app.review.queue import QueueWriter
from app.workspace import Workspace
from graph.embedded import EmbeddedStore
from graph.provenance import GraphInfo
from loaders.linking.base import SkillLabel, Subject, Text
from loaders.linking.registry import get_linker, linker_names
from loaders.measure import measured
from ontology import terms as t
from queries.library import load_library, run

_TRANSVERSAL = "http://data.europa.eu/esco/skill-reuse-level/transversal"
_BATCH = 200


def link(place: Workspace, config: BuildConfig, progress: Progress) -> StepResult:
    """Assemble a new store from the staged sources and write the linker's proposals into it.

    Raises:
        WorkspaceError: nothing is staged, or a source was staged under another base.
        ConfigError: there is no such linker.
    """
    if config.linker not in linker_names():
        known = ", ".join(linker_names())
        raise ConfigError(f"There is no linker {config.linker!r}; there are {known}.")
    assembled = assemble(place, config, progress)
    with next_store(place, "link") as store, measured() as measure:
        counts = _link(place, store, config, progress)
    Manifest(place.next).step("link", measure, **counts)
    return StepResult(
        (
            *assembled,
            f"{counts['links']:,} skill links proposed for {counts['linked']:,} of "
            f"{counts['subjects']:,} texts, {counts['strong']:,} of them with confidence "
            f"{config.threshold:g} or more, in {measure.seconds:g} s.",
            *_told(counts),
        )
    )


def _told(counts: dict[str, int]) -> list[str]:
    """Say what became of people's decisions, if there are any."""
    if not counts["decided"] and not counts["decisions_waiting"]:
        return []
    return [
        f"{counts['decided']:,} links are as people decided; {counts['decisions_moved']:,} decisions "
        f"followed a thing or a skill to a new address, {counts['decisions_waiting']:,} wait for "
        "something that is not in the graph."
    ]


def _link(
    place: Workspace, store: EmbeddedStore, config: BuildConfig, progress: Progress
) -> dict[str, int]:
    linker = get_linker(config.linker)
    started = datetime.now(UTC)
    linker.prepare(skill_labels(store), skill_infos(store))
    subjects = _subjects(store)
    kinds = dict(subjects)
    decided = read_decisions(place, config, store, kinds)
    queue = QueueWriter(place.next / QUEUE, universities_of_courses(store))
    counts: Counter[str] = Counter()
    seen: set[str] = set()

    def watched() -> Iterator[Subject]:
        for number, (iri, kind) in enumerate(subjects):
            if number % _BATCH == 0:
                progress("link", number, len(subjects))
                chosen = subjects[number : number + _BATCH]
                batch.update(_texts(store, chosen))
                outcomes.update(outcomes_of(store, [each for each, what in chosen if what == "course"]))
            yield Subject(iri, kind, batch.pop(iri, ()), outcomes.pop(iri, {}))
        progress("link", len(subjects), len(subjects))

    def triples() -> Iterator[Triple]:
        for found in linker.link(watched()):
            counts["links"] += 1
            counts["strong"] += found.confidence >= config.threshold
            seen.add(found.subject)
            word = decided.of(found)
            queue.add(found, kinds[found.subject], inherited=word is not None and not word.seen)
            yield from decided.remaining(found, config.ids)

    batch: dict[str, list[Text]] = {}
    outcomes: dict[str, dict[str, str]] = {}
    graph = config.ids.graph(f"links/{linker.name}")
    with queue:
        store.replace_graph(graph, triples())
    info = GraphInfo(
        graph=graph,
        title=f"Skill links proposed by the linker {linker.name}",
        program=f"fitech linker {linker.name}/{linker.version}",
        started=started,
        ended=datetime.now(UTC),
        records=counts["links"],
    )
    add_provenance(store, config.ids, [info])
    return {
        "decided": write_decisions(store, config, decided, started),
        "decisions_waiting": decided.waiting,
        "decisions_moved": decided.moved,
        "links": counts["links"],
        "strong": counts["strong"],
        "linked": len(seen),
        "subjects": len(subjects),
    }


def skill_labels(store: EmbeddedStore) -> Iterator[SkillLabel]:
    """Yield every name of every skill of the graph."""
    for row in run(store, load_library().get("link-labels")).rows:
        label = row["label"]
        if isinstance(label, Literal) and label.language:
            yield SkillLabel(
                skill=row["skill"].value,
                text=label.value,
                language=label.language,
                preferred=row["kind"].value == "preferred",
                transversal="reuse" in row and row["reuse"].value == _TRANSVERSAL,
            )


def _subjects(store: EmbeddedStore) -> list[tuple[str, str]]:
    query = load_library().get("things-of-class")
    return [
        (row["thing"].value, kind)
        for kind, cls in (
            ("course", t.COURSE),
            ("output", t.RESEARCH_OUTPUT),
            ("advert", t.JOB_ADVERT),
        )
        for row in run(store, query, {"class": cls}).rows
    ]


def _texts(store: EmbeddedStore, subjects: list[tuple[str, str]]) -> dict[str, list[Text]]:
    found: dict[str, list[Text]] = {}
    query = load_library().get("link-texts")
    for row in run(store, query, {"things": [iri for iri, _ in subjects]}).rows:
        text = row["text"]
        if isinstance(text, Literal):
            found.setdefault(row["thing"].value, []).append(
                Text(FIELDS[row["property"].value], text.language or "", text.value)
            )
    return found
