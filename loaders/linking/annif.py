"""Skills from an Annif server, https://annif.org: its REST interface (`…/suggest-batch`).

Annif holds the trained projects, one per language; this adapter sends sentences and reads URIs and
scores.
Settings are environment variables: `FITECH_ANNIF_URL` (for example `http://localhost:5000`) and
`FITECH_ANNIF_PROJECT` (default `esco-{language}`).
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import httpx2

from graph.records import Evidence, SkillLink
from loaders.linking.base import Scored, SkillInfo, SkillLabel, Subject
from loaders.linking.exact import MAX_EVIDENCE, relation_of
from loaders.linking.index import LANGUAGES, ConceptIndex
from loaders.linking.languages import language_of
from loaders.linking.pieces import Piece, pieces_of

_BATCH = 32
"""Texts that Annif takes in one request."""
_SECONDS = 60.0
_LEAST = 0.2


class AnnifError(RuntimeError):
    """The server cannot be reached, or does not answer as Annif does."""


class AnnifLinker:
    """Asks an Annif server.

    Args:
        url: address of the server; default: `FITECH_ANNIF_URL`.
        project: identifier of the project, `{language}` stands for the language.
        client: an HTTP client (for tests).
    """

    name = "annif"
    version = "1"
    languages = LANGUAGES

    def __init__(
        self, url: str | None = None, project: str | None = None, client: httpx2.Client | None = None
    ) -> None:
        self._url = (url or os.environ.get("FITECH_ANNIF_URL", "http://localhost:5000")).rstrip("/")
        self._project = project or os.environ.get("FITECH_ANNIF_PROJECT", "esco-{language}")
        self._client = client or httpx2.Client(timeout=_SECONDS)
        self._index = ConceptIndex.build(())

    def prepare(self, labels: Iterable[SkillLabel], concepts: Iterable[SkillInfo] = ()) -> None:
        """Remember the skills: what Annif suggests beside them is passed over."""
        self._index = ConceptIndex.build(labels, concepts)

    def state(self) -> None:
        """Return nothing: the server may be trained anew at any time, so no links are taken over."""

    def status(self) -> str:
        """Say how the linker works here."""
        return f"The linker annif asks the project {self._project} at {self._url}."

    def suggest(self, text: str, language: str = "", limit: int = 10) -> list[Scored]:
        """Rank skills for one text by Annif's scores."""
        spoken = language or language_of(text, "en")
        (found,) = self._ask([text], spoken, limit)
        return [
            Scored(
                uri, self._index.label(self._index.place[uri], spoken), score, 0, len(text), ("annif",)
            )
            for uri, score in found
        ]

    def link(self, subjects: Iterable[Subject]) -> Iterator[SkillLink]:
        """Yield the links of each subject, the surest first."""
        for subject in subjects:
            found: dict[tuple[str, str], list[tuple[float, Piece]]] = defaultdict(list)
            by_language: dict[str, list[Piece]] = defaultdict(list)
            for piece in pieces_of(subject):
                by_language[piece.language].append(piece)
            for language, pieces in by_language.items():
                for begin in range(0, len(pieces), _BATCH):
                    batch = pieces[begin : begin + _BATCH]
                    answers = self._ask([piece.text for piece in batch], language, 10)
                    for piece, answer in zip(batch, answers, strict=True):
                        for uri, score in answer:
                            found[relation_of(subject.kind, piece.field), uri].append((score, piece))
            links = [self._link(subject, *key, hits) for key, hits in found.items()]
            yield from sorted(links, key=lambda link: (-link.confidence, link.skill))

    def _link(
        self, subject: Subject, relation: str, uri: str, hits: list[tuple[float, Piece]]
    ) -> SkillLink:
        hits.sort(key=lambda hit: -hit[0])
        return SkillLink(
            subject=subject.iri,
            skill=uri,
            relation=relation,
            confidence=round(hits[0][0], 4),
            method=f"{self.name}/{self.version}",
            evidence=tuple(
                Evidence(
                    text_field=piece.field,
                    language=piece.text_language,
                    start=piece.start,
                    end=piece.end,
                    quote=piece.quote,
                    matched_label=self._index.label(self._index.place[uri], piece.language),
                    features=("annif",),
                )
                for _, piece in hits[:MAX_EVIDENCE]
            ),
        )

    def _ask(self, texts: Sequence[str], language: str, limit: int) -> list[list[tuple[str, float]]]:
        """Return URIs with scores for each text.

        Raises:
            AnnifError: the server cannot be reached, or answers something else.
        """
        address = f"{self._url}/v1/projects/{self._project.format(language=language)}/suggest-batch"
        documents = [{"document_id": str(number), "text": text} for number, text in enumerate(texts)]
        try:
            reply = self._client.post(
                address, params={"limit": limit, "threshold": _LEAST}, json={"documents": documents}
            )
            reply.raise_for_status()
            rows: list[dict[str, Any]] = reply.json()
            by_number = {row["document_id"]: row["results"] for row in rows}
            return [
                [
                    (result["uri"], min(1.0, max(0.0, float(result["score"]))))
                    for result in by_number[str(number)]
                    if result["uri"] in self._index.place
                ]
                for number in range(len(texts))
            ]
        except httpx2.HTTPError as error:
            raise AnnifError(
                f"Annif at {address} does not answer: {error}. Start the server, or set "
                "FITECH_ANNIF_URL."
            ) from error
        except (KeyError, TypeError, ValueError) as error:
            raise AnnifError(
                f"{address} does not answer as Annif does ({error!r}). Is it Annif 1.0 or newer?"
            ) from error
