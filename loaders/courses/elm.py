"""European Learning Model 3: learning opportunities, qualifications and what credentials specify.

A specification (of an achievement, or a qualification) gives a `Course`, an opportunity a
`CourseOffering` of it; a credential gives the courses that its achievements are specified by, and
nothing of the person. Statements come in any order, so all files are read into a table on disk first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from graph.records import Organisation, Record
from loaders.base import Loaded, LoaderInfo, Outcome, Problem
from loaders.courses.elm_course import course_of, offering_of, texts
from loaders.courses.elm_files import CREDENTIAL_CLASSES, NOTHING, RECORD_CLASSES, XML_PARTS, read_into
from loaders.courses.elm_graph import Graph, Node, graph_on_disk
from loaders.courses.elm_providers import code_of, organisation_of, provider_of
from loaders.readers.fields import Fields, guarded
from loaders.readers.files import SourceFile
from loaders.readers.rdf.base import Damage
from loaders.universities import university

_REMEDY = "Correct it in the source."
_PROVIDER_REMEDY = "Name who provides it in the file, or the university in the option `university`."
_DEPTH = 8
_CLASSES = "|".join((*RECORD_CLASSES, *CREDENTIAL_CLASSES))
_TAGS = "learningOpportunity|learningAchievementSpecification|qualification"
_OF_RECORD = re.compile(rf"[:/#\"](?:{_CLASSES})\b|^\s*<(?:[\w.-]+:)?(?:{_TAGS})[\s>]")
"""How the text of a record tells that it is one: its class in RDF, or its tag."""
_OF_PART = re.compile(
    rf"^\s*<(?:[\w.-]+:)?(?:{'|'.join((*XML_PARTS, 'organisation'))})[\s>]"
    r"|^\s*\{?[^{}\[\]]*\"@?type\"\s*:"
)
"""How it tells that it is a part of one: its tag, or its class before anything within it."""
_PERSONAL = re.compile(r"Person\b|credentialSubject|payload|Name\b|dateOfBirth|hasClaim")
_LOST_TAG = re.compile(rf"tag <(?:[\w.-]+:)?(?:{_TAGS})>")


class ElmLoader:
    """Reads documents in the European Learning Model."""

    info = LoaderInfo(
        name="elm",
        title="European Learning Model",
        description="Learning opportunities, qualifications, credentials: RDF, JSON-LD, Europass XML.",
        version="1",
        file_patterns=("*.ttl", "*.jsonld", "*.json", "*.rdf", "*.nt", "*.xml"),
        options={"university": "key of the university, instead of the one that provides the course"},
    )

    def read(self, files: Sequence[SourceFile], options: Mapping[str, str]) -> Iterator[Outcome]:
        """Yield one outcome per record; see `Loader.read`."""
        with graph_on_disk() as graph:
            pieces: list[Problem | Damage] = []
            silent = {file.name for file in files}
            for file in files:
                for found in read_into(graph, file):
                    if isinstance(found, Problem) and not found.record:
                        silent.discard(file.name)
                        yield found
                    else:
                        pieces.append(found)
            graph.finish()
            yield from _Reader(graph, options.get("university")).read(pieces, silent)


class _Reader:
    def __init__(self, graph: Graph, chosen: str | None) -> None:
        self._graph = graph
        self._chosen = chosen
        organisations = list(graph.of_class("Organisation"))
        self._only = organisations[0] if len(organisations) == 1 else None
        """The organisation that gives what names no provider, if the files know but one."""
        self._organisations: dict[str, Organisation | None] = {}
        self._told: set[str] = set()
        """Identifiers of things that were told, and keys of organisations."""
        self._parts: dict[str, list[Problem]] = {}
        """Identifier of a record → what is wrong with parts of it."""

    def read(self, pieces: Sequence[Problem | Damage], silent: set[str]) -> Iterator[Outcome]:
        """Yield the outcomes of all records, and of damaged pieces that are records.

        Args:
            pieces: what of the files cannot be read.
            silent: names of the files of which nothing was told yet.
        """
        lost = [_impersonal(problem) for piece in pieces if (problem := self._place(piece))]
        for problem in lost:
            silent.discard(problem.file)
            yield problem
        for node in self._records():
            silent.discard(node.file)
            outcome = guarded(node, self._record)
            parts = self._parts.pop(node.id, [])
            if isinstance(outcome, Loaded) and parts:
                outcome = replace(outcome, warnings=(*outcome.warnings, *parts))
            yield outcome
        for _ in silent:
            yield Loaded((), skipped="a document without learning opportunities or achievements")

    def _place(self, piece: Problem | Damage) -> Problem | None:
        """Return the problem of a damaged record; damage to a part of one becomes its warning."""
        problem = piece.as_problem() if isinstance(piece, Damage) else piece
        subject = piece.subject if isinstance(piece, Damage) else ""
        itself = Node(self._graph, subject)
        if subject and itself.is_a(*RECORD_CLASSES, *CREDENTIAL_CLASSES):
            holder: Node | None = itself
        elif _is_record(problem, piece):
            return problem
        else:
            # Outcomes, organisations and places stand apart from the courses that they belong to.
            own = (node for node in self._records() if node.file == problem.file)
            holder = self._holder(itself) if subject else next(own, None)
        if holder is None or (not subject and holder.is_a(*CREDENTIAL_CLASSES)):
            return problem  # credentials hold all their parts
        self._parts.setdefault(holder.id, []).append(_impersonal(problem))
        return None

    def _holder(self, node: Node) -> Node | None:
        """Return the record that a thing is or belongs to."""
        for _ in range(_DEPTH):
            if node.is_a(*RECORD_CLASSES, *CREDENTIAL_CLASSES):
                return node
            above = self._graph.pointing_to(node.id)
            if not above:
                return None
            node = above[0]
        return None

    def _records(self) -> Iterator[Node]:
        """Yield credentials, opportunities and specifications, but those within a credential."""
        for node in self._graph.of_class(*CREDENTIAL_CLASSES, *RECORD_CLASSES, NOTHING):
            if node.is_a(*CREDENTIAL_CLASSES, NOTHING) or not self._graph.pointing_to(
                node.id, "specifiedBy"
            ):
                yield node
                # What is specified without its class (it may be the damaged statement) is one as well.
                for target in node.nodes("learningAchievementSpecification"):
                    others = self._graph.pointing_to(target.id, "learningAchievementSpecification")
                    if others[0].id == node.id and not target.is_a(*RECORD_CLASSES) and _titled(target):
                        yield target

    def _record(self, node: Node) -> Outcome:
        if node.is_a(NOTHING):
            return Loaded((), skipped="a document without learning opportunities or achievements")
        if node.is_a(*CREDENTIAL_CLASSES):
            return self._credential(node)
        if node.is_a("LearningOpportunity"):
            return self._opportunity(node)
        outcome = self._specification(node, provider_of(node), node.id)
        return outcome if isinstance(outcome, Problem) else Loaded(*outcome)

    def _credential(self, node: Node) -> Outcome:
        """Read what the achievements of a credential are specified by; never the person."""
        found: dict[str, Node] = {}
        steps = node.nodes("credentialSubject")
        for _ in range(_DEPTH):
            steps = [one for step in steps for one in step.nodes("hasClaim", "hasPart")]
            found |= {one.id: one for step in steps for one in step.nodes("specifiedBy")}
        records: list[Record] = []
        warnings: list[Problem] = []
        for specification in found.values():
            if not specification.is_a("LearningAchievementSpecification", "Qualification"):
                continue
            provider = provider_of(specification) or next(iter(node.nodes("issuer")), None)
            outcome = self._specification(specification, provider, node.id)
            if isinstance(outcome, Problem):
                return outcome
            records += outcome[0]
            warnings += outcome[1]
        if not records:
            return Loaded((), skipped="a credential that does not say what its achievement is")
        return Loaded(tuple(records), tuple(warnings))

    def _specification(
        self, node: Node, provider: Node | None, record: str
    ) -> tuple[tuple[Record, ...], tuple[Problem, ...]] | Problem:
        fields = Fields(node, record)
        title = texts(fields, node, "title")
        if not title:
            return node.problem(record, "title", "It has no title.", _REMEDY)
        organisation = self._university(provider)
        if organisation is None:
            return node.problem(record, "providedBy", "It names no provider.", _PROVIDER_REMEDY)
        course = course_of(node, organisation.key, title, fields)
        return (*self._once(organisation), course), tuple(fields.warnings)

    def _opportunity(self, node: Node) -> Outcome:
        fields = Fields(node, node.id)
        title = texts(fields, node, "title")
        if not title:
            return node.problem(node.id, "title", "The opportunity has no title.", _REMEDY)
        organisation = self._university(provider_of(node))
        if organisation is None:
            reason = "The opportunity names no provider."
            return node.problem(node.id, "providedBy", reason, _PROVIDER_REMEDY)
        records: list[Record] = [*self._once(organisation)]
        specification = next(iter(node.nodes("learningAchievementSpecification")), None)
        if specification and (specification.is_a(*RECORD_CLASSES) or _titled(specification)):
            of = self._university(provider_of(specification)) or organisation
            offering = offering_of(node, of.key, code_of(specification), fields)
        else:
            # It stands alone, or its qualification is described elsewhere: it tells the course itself.
            course = course_of(node, organisation.key, title, fields)
            if specification is not None and specification.nodes("identifier"):
                course = replace(course, code=code_of(specification))
            records.append(course)
            offering = offering_of(node, organisation.key, course.code, fields)
        return Loaded((*records, offering), tuple(fields.warnings))

    def _university(self, provider: Node | None) -> Organisation | None:
        if self._chosen:
            return university(self._chosen)
        provider = provider or self._only
        if provider is None:
            return None
        if provider.id not in self._organisations:
            self._organisations[provider.id] = organisation_of(provider)
        return self._organisations[provider.id]

    def _once(self, organisation: Organisation) -> tuple[Organisation, ...]:
        if organisation.key in self._told:
            return ()
        self._told.add(organisation.key)
        return (organisation,)


def _is_record(problem: Problem, piece: Problem | Damage) -> bool:
    """Return whether a damaged piece is a record by its text, or (in JSON) at least no part of one."""
    raw = problem.raw[:5000]
    if _OF_RECORD.search(raw) or _LOST_TAG.search(problem.reason):
        return True
    return isinstance(piece, Problem) and _OF_PART.search(raw) is None


def _impersonal(problem: Problem) -> Problem:
    """Return a problem without the text of the record, if that may tell of a person."""
    return replace(problem, raw="") if _PERSONAL.search(problem.raw) else problem


def _titled(node: Node) -> bool:
    return any(fact[0] == "title" for fact in node.facts)
