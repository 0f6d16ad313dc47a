"""Part of the step `link`: topics of outputs and courses, where the graph has the concepts of YSO."""

from __future__ import annotations

from collections.abc import Iterator

from app.config import BuildConfig
from app.pipeline.link_beside import concept_labels, write_links
from app.pipeline.manifest import Manifest
from app.pipeline.subjects import read_subjects, subject_kinds
from app.progress import Progress
from app.workspace import Workspace
from graph.embedded import EmbeddedStore
from loaders.linking.base import Subject
from loaders.linking.topics import TopicLinker
from loaders.measure import measured
from loaders.vocabularies import YSO


def link_topics(
    place: Workspace, store: EmbeddedStore, config: BuildConfig, progress: Progress
) -> list[str]:
    """Write links to topics into the graph `links/topics`; say what was done.

    Without a source of YSO nothing is done.
    """
    linker = TopicLinker()
    with measured() as measure:
        linker.prepare(concept_labels(store, "topic-labels", {"beginning": YSO}))
        if not linker.size:
            return []
        wanted = [(iri, kind) for iri, kind in subject_kinds(store).items() if kind != "advert"]

        def subjects() -> Iterator[Subject]:
            done = 0
            for some in read_subjects(store, wanted):
                progress("topics", done, len(wanted))
                yield from some
                done += len(some)
            progress("topics", len(wanted), len(wanted))

        counts = write_links(
            store,
            config,
            linker.name,
            "Topics found in titles, abstracts and course texts",
            f"{linker.name}/{linker.version}",
            linker.link(subjects()),
        )
    Manifest(place.next).step("topics", measure, texts=len(wanted), concepts=linker.size, **counts)
    return [
        f"{counts['links']:,} topics proposed for {counts['linked']:,} of {len(wanted):,} outputs and "
        f"courses, {counts['strong']:,} of them with confidence {config.threshold:g} or more, in "
        f"{measure.seconds:g} s."
    ]
