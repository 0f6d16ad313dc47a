"""Step 2, link: assemble the staged sources and find the skills in their texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from pyoxigraph import Triple

from app.config import BuildConfig, ConfigError
from app.pipeline.assemble import assemble
from app.pipeline.decide import read_decisions, universities_of_courses, write_decisions
from app.pipeline.link_changed import link_changed
from app.pipeline.link_occupations import link_occupations
from app.pipeline.link_topics import link_topics
from app.pipeline.manifest import Manifest
from app.pipeline.steps import StepResult, add_provenance, next_store
from app.pipeline.subjects import subject_kinds
from app.progress import Progress
from app.review.queue import NAME as QUEUE
from app.review.queue import QueueWriter
from app.workspace import Workspace
from graph.embedded import EmbeddedStore
from graph.provenance import GraphInfo
from graph.records import SkillLink
from loaders.linking.registry import linker_names
from loaders.measure import measured


def link(
    place: Workspace, config: BuildConfig, progress: Progress, *, fresh: bool = False
) -> StepResult:
    """Assemble a new store from the staged sources and write the linker's proposals into it.

    Args:
        place: the data directory.
        config: the sources and the linker.
        progress: told how far the work is.
        fresh: link everything anew, also what did not change since the last time.

    Raises:
        WorkspaceError: nothing is staged, a source was staged under another base, or a worker ended.
        ConfigError: there is no such linker.
    """
    if config.linker not in linker_names():
        known = ", ".join(linker_names())
        raise ConfigError(f"There is no linker {config.linker!r}; there are {known}.")
    assembled = assemble(place, config, progress)
    with next_store(place, "link") as store, measured() as measure:
        counts = _link(place, store, config, progress, fresh)
    Manifest(place.next).step("link", measure, **counts)
    with next_store(place, "link") as store:
        beside = [
            *link_occupations(place, store, config, progress),
            *link_topics(place, store, config, progress),
        ]
    return StepResult(
        (
            *assembled,
            f"{counts['links']:,} skill links proposed for {counts['linked']:,} of "
            f"{counts['subjects']:,} texts, {counts['strong']:,} of them with confidence "
            f"{config.threshold:g} or more, in {measure.seconds:g} s.",
            f"{counts['anew']:,} texts were linked anew; the links of {counts['taken']:,} that did not "
            "change were taken over.",
            *_told(counts),
            *beside,
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
    place: Workspace, store: EmbeddedStore, config: BuildConfig, progress: Progress, fresh: bool
) -> dict[str, int]:
    started = datetime.now(UTC)
    kinds = subject_kinds(store)
    decided = read_decisions(place, config, store, kinds)
    counts: Counter[str] = Counter()

    def triples(links: Iterator[SkillLink]) -> Iterator[Triple]:
        last = ""
        for found in links:
            counts["links"] += 1
            counts["strong"] += found.confidence >= config.threshold
            counts["linked"] += found.subject != last  # the links of one subject come together
            last = found.subject
            word = decided.of(found)
            queue.add(found, kinds[last], inherited=word is not None and not word.seen)
            yield from decided.remaining(found, config.ids)

    graph = config.ids.graph(f"links/{config.linker}")
    with link_changed(place, store, config, kinds, progress, fresh=fresh) as links:
        queue = QueueWriter(place.next / QUEUE, universities_of_courses(store))
        with queue:
            store.replace_graph(graph, triples(links.links()))
            for alone in decided.alone():
                queue.add(alone, kinds[alone.subject], inherited=True)
    info = GraphInfo(
        graph=graph,
        title=f"Skill links proposed by the linker {config.linker}",
        program=f"fitech linker {links.method}",
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
        "linked": counts["linked"],
        "subjects": len(kinds),
        "anew": links.anew,
        "taken": links.taken,
    }
