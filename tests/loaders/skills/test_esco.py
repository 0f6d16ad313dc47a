from __future__ import annotations

import io
import zipfile

import pytest

from graph.records import Concept, ConceptRelation

ESCO = "http://data.europa.eu/esco"
SKILL = f"{ESCO}/skill/0005c151-5b5a-4a66-8aac-60e734beb1ab"
HEAD = (
    "conceptType,conceptUri,skillType,reuseLevel,preferredLabel,altLabels,hiddenLabels,status,"
    "modifiedDate,scopeNote,definition,inScheme,description\n"
)


def skill_row(
    uri: str = SKILL, label: str = "manage staff", modified: str = "2016-12-20", **cells: str
) -> str:
    return (
        f"KnowledgeSkillCompetence,{uri},{cells.get('type', 'skill/competence')},cross-sector,{label},"
        f'"{cells.get("alts", "")}",,released,{modified},,,"{cells.get("schemes", "")}",text\n'
    )


def test_a_skill_with_the_traps_of_the_official_file(read) -> None:  # type: ignore[no-untyped-def]
    row = skill_row(
        alts="manage\u00a0staff\nlead  staff\nmanage staff\nlead staff",
        schemes=f"{ESCO}/concept-scheme/skills,\n{ESCO}/concept-scheme/member-skills",
    )
    (skill,) = read("esco", {"skills_en.csv": HEAD + row}).of(Concept)
    assert skill.uri == SKILL
    assert skill.pref_label == {"en": "manage staff"}
    assert skill.alt_labels == {"en": ("lead staff",)}  # neither the preferred label nor twice
    assert skill.skill_type == "skill"
    assert skill.in_schemes == (f"{ESCO}/concept-scheme/skills", f"{ESCO}/concept-scheme/member-skills")


def test_each_language_file_gives_its_language(read) -> None:  # type: ignore[no-untyped-def]
    found = read("esco", {
        "skills_en.csv": HEAD + skill_row(),
        "skills_fi.csv": HEAD + skill_row(label="johtaa henkilöstöä"),
    }).of(Concept)  # fmt: skip
    assert [skill.pref_label for skill in found] == [
        {"en": "manage staff"},
        {"fi": "johtaa henkilöstöä"},
    ]
    assert {skill.uri for skill in found} == {SKILL}


def test_the_newest_of_two_equal_rows_counts(read) -> None:  # type: ignore[no-untyped-def]
    text = HEAD + skill_row(modified="2016-01-01") + skill_row(modified="2021-01-01", label="newer")
    outcomes = read("esco", {"skills_en.csv": text})
    assert [skill.pref_label["en"] for skill in outcomes.of(Concept)] == ["newer"]
    assert outcomes.skipped == ["an older row of a concept that stands twice in the file"]
    assert len(outcomes.all) == 2


def test_two_versions_at_once_give_one_label(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("esco", {
        "v1.1.1/skills_en.csv": HEAD + skill_row(),
        "v1.2.0/skills_en.csv": HEAD + skill_row(label="renamed") + skill_row(f"{SKILL}0"),
    })  # fmt: skip
    assert [skill.pref_label["en"] for skill in outcomes.of(Concept)] == [
        "manage staff",
        "manage staff",
    ]
    assert len(outcomes.skipped) == 1


@pytest.mark.parametrize("suffix", ["", "_en"])
def test_relations_with_and_without_language_and_extra_columns(read, suffix: str) -> None:  # type: ignore[no-untyped-def]
    occupation, group = f"{ESCO}/occupation/1", f"{ESCO}/isced-f/0613"
    outcomes = read("esco", {
        f"occupationSkillRelations{suffix}.csv":
            "occupationUri,occupationLabel,relationType,skillType,skillUri\n"
            f"{occupation},x,essential,,{SKILL}\n{occupation},x,optional,knowledge,{SKILL}\n",
        f"broaderRelationsSkillPillar{suffix}.csv":
            f"conceptType,conceptUri,broaderType,broaderUri\nK,{SKILL},G,{group}\n",
        f"skillSkillRelations{suffix}.csv":
            "originalSkillUri,originalSkillType,relationType,relatedSkillType,relatedSkillUri\n"
            f"{SKILL},knowledge,optional,knowledge,{SKILL}1\n",
    })  # fmt: skip
    assert not outcomes.problems
    assert {(edge.relation, edge.target) for edge in outcomes.of(ConceptRelation)} == {
        ("essential-skill", SKILL), ("optional-skill", SKILL), ("broader", group),
        ("optional-skill", f"{SKILL}1"),
    }  # fmt: skip


def test_groups_schemes_and_collections(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("esco", {
        "ISCOGroups_en.csv": "conceptType,conceptUri,code,preferredLabel,status,altLabels,inScheme,"
            f"description\nISCOGroup,{ESCO}/isco/C2512,2512,Software developers,,,,\n",
        "occupations_en.csv": "conceptType,conceptUri,iscoGroup,preferredLabel,altLabels,code\n"
            f"Occupation,{ESCO}/occupation/1,2512,software developer,,2512.4\n",
        "conceptSchemes_en.csv": "conceptType,conceptSchemeUri,preferredLabel,title,status,"
            f"description,hasTopConcept\nConceptScheme,{ESCO}/concept-scheme/green,Green,,,,"
            f'"{SKILL},\n{SKILL}1"\n',
        "greenSkillsCollection_en.csv": f"conceptType,conceptUri,altLabels\nK,{SKILL},a | b\n",
        "skillsHierarchy_en.csv": "Level 0 URI,Level 0 preferred term\nx,y\n",
        "readme.txt": "hello",
    })  # fmt: skip
    assert {concept.kind for concept in outcomes.of(Concept)} == {"isco-group", "occupation", "scheme"}
    occupation = next(c for c in outcomes.of(Concept) if c.kind == "occupation")
    assert occupation.isco_group == f"{ESCO}/isco/C2512"
    assert occupation.notation == "2512.4"
    relations = [(edge.relation, edge.target) for edge in outcomes.of(ConceptRelation)]
    assert relations.count(("in-scheme", f"{ESCO}/concept-scheme/green")) == 1
    assert ("top-concept", f"{SKILL}1") in relations
    assert len(outcomes.skipped) == 2  # the hierarchy row and the strange file


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (skill_row(uri=""), "conceptUri"),
        (skill_row(uri="not an address"), "conceptUri"),
        (skill_row(uri="http://example.org/skill/1"), "conceptUri"),
        (skill_row(label="\u00a0"), "preferredLabel"),
    ],
)
def test_a_bad_row_is_told_with_file_line_field_and_remedy(read, row: str, field: str) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("esco", {"skills_en.csv": HEAD + row + skill_row()})
    (problem,) = outcomes.problems
    assert problem.field == field
    assert problem.file == "skills_en.csv"
    assert "line 2" in problem.record
    assert problem.remedy
    assert "KnowledgeSkillCompetence" in problem.raw
    assert len(outcomes.of(Concept)) == 1


def test_a_strange_relation_is_told(read) -> None:  # type: ignore[no-untyped-def]
    text = f"occupationUri,relationType,skillType,skillUri\n{ESCO}/occupation/1,vital,,{SKILL}\n"
    (problem,) = read("esco", {"occupationSkillRelations.csv": text}).problems
    assert "'vital' is no relation" in problem.reason


def test_zips_are_read_in_place(read) -> None:  # type: ignore[no-untyped-def]
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("en/skills_en.csv", "\ufeff" + HEAD + skill_row())
    (skill,) = read("esco", {"ESCO dataset.zip": target.getvalue()}).of(Concept)
    assert skill.pref_label == {"en": "manage staff"}


def test_the_columns_of_version_1_2(read) -> None:  # type: ignore[no-untyped-def]
    nace = "http://data.europa.eu/ux2/nace2.1/6210"
    outcomes = read("esco", {
        "occupations_en.csv": "conceptType,conceptUri,iscoGroup,preferredLabel,altLabels,code,naceCode\n"
            f'Occupation,{ESCO}/occupation/1,2512,software developer,,2512.4,"{nace},\n{nace}0"\n',
        "broaderRelationsOccPillar_en.csv": "conceptType,conceptUri,conceptLabel,broaderType,broaderUri,"
            f"broaderLabel\nOccupation,{ESCO}/occupation/1,x,ISCOGroup,{ESCO}/isco/C2512,y\n",
    })  # fmt: skip
    (occupation,) = outcomes.of(Concept)
    assert occupation.nace_codes == (nace, f"{nace}0")
    assert outcomes.of(ConceptRelation) == [
        ConceptRelation(f"{ESCO}/occupation/1", "broader", f"{ESCO}/isco/C2512")
    ]
    assert not outcomes.skipped


def test_a_list_of_replacements_is_known_by_its_columns(read) -> None:  # type: ignore[no-untyped-def]
    text = (
        f'Concept URI;Change;Replaced by\n{SKILL};obsolete;"{SKILL}1, {SKILL}2"\n'
        f"{SKILL}3;obsolete;\nx;obsolete;{SKILL}4\n{SKILL}5;obsolete;y\n"
    )
    outcomes = read("esco", {"ESCO delta v1.1.1 - v1.2.0.csv": text})
    assert outcomes.of(ConceptRelation) == [
        ConceptRelation(SKILL, "replaced-by", f"{SKILL}1"),
        ConceptRelation(SKILL, "replaced-by", f"{SKILL}2"),
    ]
    assert outcomes.skipped == ["a retired concept without a successor"]
    assert [problem.field for problem in outcomes.problems] == ["Concept URI", "Replaced by"]
    assert len(outcomes.all) == 4


def test_a_table_with_other_columns_is_no_list_of_replacements(read) -> None:  # type: ignore[no-untyped-def]
    outcomes = read("esco", {"other.csv": "uri,label\nx,y\n", "empty.csv": ""})
    assert outcomes.skipped == [
        "a file that is no ESCO table (other.csv)",
        "a file that is no ESCO table (empty.csv)",
    ]


def test_a_concept_marked_obsolete_is_retired(read) -> None:  # type: ignore[no-untyped-def]
    row = skill_row().replace("released", "obsolete")
    (skill,) = read("esco", {"skills_en.csv": HEAD + row}).of(Concept)
    assert skill.deprecated


@pytest.mark.real_data
def test_the_complete_classification(read, shared_data) -> None:  # type: ignore[no-untyped-def]
    from loaders.base import Loaded
    from loaders.readers.files import find_files
    from loaders.registry import get_loader

    files = find_files(sorted((shared_data / "esco").glob("*v1.1.1*.zip")))
    outcomes = list(get_loader("esco").read(files, {}))
    assert len(outcomes) == 208_539
    loaded = [one for one in outcomes if isinstance(one, Loaded)]
    assert len(loaded) == len(outcomes)
    assert sum(bool(one.skipped) for one in loaded) == 647
    concepts = {r.uri: r.kind for one in loaded for r in one.records if isinstance(r, Concept)}
    assert sum(kind == "skill" for kind in concepts.values()) == 13_896
