from __future__ import annotations

from pathlib import Path

from graph.identifiers import Identifiers
from graph.records import Concept, ConceptRelation
from loaders.base import Loaded
from loaders.readers.files import find_files
from loaders.registry import get_loader
from loaders.skills.esco_versions.former import MAPPING_NAME
from loaders.skills.esco_versions.mapping import EscoMapping, Fate
from loaders.staging.source import SourceSpec, stage
from tests.loaders.skills.esco_versions.conftest import Write, row, uri


def kept(
    tmp_path: Path, old: list[Path], new: list[Path], fates: list[Fate], **options: str
) -> list[Loaded]:
    stage(SourceSpec("new", "esco", tuple(new)), tmp_path / "staged", Identifiers())
    mapping = tmp_path / MAPPING_NAME
    EscoMapping(fates).save(mapping)
    given = {"newer": str(tmp_path / "staged/new/triples.nt.gz"), **options}
    outcomes = list(get_loader("esco-former").read(find_files([mapping, *old]), given))
    assert all(isinstance(outcome, Loaded) for outcome in outcomes)
    return [outcome for outcome in outcomes if isinstance(outcome, Loaded)]


def concepts(outcomes: list[Loaded]) -> dict[str, Concept]:
    found = [
        record for outcome in outcomes for record in outcome.records if isinstance(record, Concept)
    ]
    return {concept.uri: concept for concept in found}


RETIRED = Fate(uri("gone"), "merged", (uri("b"),), 0.9, "evidence", names={"en": "gone"})
SPLIT = Fate(uri("cut"), "split", (uri("a"), uri("b")), 0.9, "evidence", names={"en": "cut"})


def test_retired_concepts_are_stubs_and_their_rows_are_counted(write: Write, tmp_path: Path) -> None:
    old = write("v1", skills_en=row("a", "a1") + row("b", "b1") + row("gone", "gone"))
    outcomes = kept(tmp_path, old, write("v2", skills_en=row("a", "a1") + row("b", "b1")), [RETIRED])
    stub = concepts(outcomes)[uri("gone")]
    assert (stub.deprecated, stub.status, stub.replaced_by) == (True, "retired", (uri("b"),))
    assert "a retired concept (the mapping tells what became of it)" in [
        one.skipped for one in outcomes
    ]


def test_what_only_the_old_version_says_is_kept(write: Write, tmp_path: Path) -> None:
    occupations = "conceptType,conceptUri,iscoGroup,preferredLabel,altLabels,code\n"
    job = uri("o", "occupation")
    old = write(
        "v1",
        skills_en=row("a", "old name", "alt", text="Old text.", reuse="cross-sector")
        + row("b", "b1", text="Text."),
        skills_fi=row("a", "vanha nimi", text="Vanha teksti.") + row("b", "b suomeksi"),
        occupations_en=f"{occupations}Occupation,{job},2512,tester,,2512.1\n",
    )
    new = write("v2", skills_en=row("a", "new name", text="New text.") + row("b", "b1", "b2", kind=""))
    found = concepts(kept(tmp_path, old, new, []))
    english = [one for one in kept(tmp_path, old, new, []) if one.records]
    assert found[job].pref_label == {"en": "tester"}
    fi = next(
        c
        for one in english
        for c in one.records
        if isinstance(c, Concept) and "fi" in c.pref_label and c.uri == uri("a")
    )
    assert (fi.pref_label, fi.description) == ({"fi": "vanha nimi"}, {"fi": "Vanha teksti."})
    en = next(
        c
        for one in english
        for c in one.records
        if isinstance(c, Concept) and c.uri == uri("a") and "fi" not in c.pref_label
    )
    assert (en.pref_label, en.alt_labels, en.description) == ({}, {}, {})  # the new version has English
    assert en.reuse_level == "cross-sector"
    assert found[uri("b")].skill_type == "skill"


def test_old_names_of_a_concept_that_means_something_else_are_not_kept(
    write: Write, tmp_path: Path
) -> None:
    old = write("v1", skills_en=row("a", "Visual Net"), skills_fi=row("a", "Visual Net -ohjelma"))
    new = write("v2", skills_en=row("a", "Visual Basic"))
    outcomes = kept(tmp_path, old, new, [], doubtful=uri("a"))
    assert uri("a") not in concepts(outcomes)
    assert "a concept that has been renamed to something with little in common" in [
        o.skipped for o in outcomes
    ]


def test_relations_are_kept_with_successors_and_lost_ones_counted(write: Write, tmp_path: Path) -> None:
    job, head = uri("o", "occupation"), "occupationUri,relationType,skillType,skillUri\n"
    table = "".join(f"{job},essential,,{uri(name)}\n" for name in ("a", "gone", "cut", "b"))
    edges = f"conceptType,conceptUri,broaderType,broaderUri\nK,{uri('gone')},K,{uri('b')}\n"
    old = write("v1", skills_en=row("a", "a1") + row("b", "b1") + row("gone", "g") + row("cut", "c"),
                occupationSkillRelations=head + table, broaderRelationsSkillPillar=edges)  # fmt: skip
    outcomes = kept(
        tmp_path, old, write("v2", skills_en=row("a", "a1") + row("b", "b1")), [RETIRED, SPLIT]
    )
    relations = {
        record for one in outcomes for record in one.records if isinstance(record, ConceptRelation)
    }
    assert relations == {ConceptRelation(job, "essential-skill", uri(name)) for name in ("a", "b")}
    skipped = [one.skipped for one in outcomes]
    assert skipped.count("a relation to a concept that is lost, or has been split") == 1
    assert skipped.count("a relation between two concepts that are one now") == 1


def test_relations_that_the_new_version_has_are_not_kept(write: Write, tmp_path: Path) -> None:
    edge = "conceptType,conceptUri,broaderType,broaderUri\n" + f"K,{uri('a')},K,{uri('b')}\n"
    names = row("a", "a1") + row("b", "b1")
    old = write("v1", skills_en=names, broaderRelationsSkillPillar=edge)
    new = write("v2", skills_en=names, broaderRelationsSkillPillar_en=edge.replace(uri("b"), uri("c")))
    outcomes = kept(tmp_path, old, new, [])
    assert not [record for one in outcomes for record in one.records]
    assert {one.skipped for one in outcomes} == {"the newer version says it, or says that it is not so"}
