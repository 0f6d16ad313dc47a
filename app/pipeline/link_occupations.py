"""Part of the step `link`: occupations of the job adverts that state none, from their titles."""

from __future__ import annotations

from pyoxigraph import Literal

from app.config import BuildConfig
from app.pipeline.link_beside import concept_labels, write_links
from app.pipeline.manifest import Manifest
from app.progress import Progress
from app.workspace import Workspace
from graph.embedded import EmbeddedStore
from loaders.linking.base import Subject, Text
from loaders.linking.occupations import OccupationLinker
from loaders.measure import measured
from queries.library import load_library, run


def link_occupations(
    place: Workspace, store: EmbeddedStore, config: BuildConfig, progress: Progress
) -> list[str]:
    """Write links to occupations into the graph `links/occupations`; say what was done.

    Without adverts that state no occupation, or without occupations, nothing is done. The linkers that
    work with words only (`exact`, `lexical`) find occupations with words only, too.
    """
    subjects = _adverts(store)
    labels = concept_labels(store, "occupation-labels") if subjects else []
    if not labels:
        return []
    linker = OccupationLinker(words_only=config.linker in ("exact", "lexical"))
    with measured() as measure:
        progress("occupations", 0, len(subjects))
        linker.prepare(labels)
        counts = write_links(
            store,
            config,
            linker.name,
            "Occupations found in the titles of job adverts",
            linker.method,
            linker.link(subjects),
        )
        progress("occupations", len(subjects), len(subjects))
    Manifest(place.next).step("occupations", measure, adverts=len(subjects), **counts)
    return [
        f"{counts['links']:,} occupations proposed for {counts['linked']:,} of {len(subjects):,} job "
        f"adverts that state none, {counts['strong']:,} of them with confidence "
        f"{config.threshold:g} or more, in {measure.seconds:g} s."
    ]


def _adverts(store: EmbeddedStore) -> list[Subject]:
    titles: dict[str, list[Text]] = {}
    for row in run(store, load_library().get("adverts-without-occupation")).rows:
        title = row["title"]
        if isinstance(title, Literal):
            text = Text("title", title.language or "", title.value)
            titles.setdefault(row["advert"].value, []).append(text)
    for texts in titles.values():  # the store gives them in any order
        texts.sort(key=lambda text: (text.language, text.text))
    return [Subject(iri, "advert", texts) for iri, texts in titles.items()]
