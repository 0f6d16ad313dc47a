"""The sample holds what its README promises, and nothing that may not be in it."""

from __future__ import annotations

import re
import tomllib
from collections import Counter

import pytest

SKILLS = "esco/classification/skills_en.csv"
OCCUPATIONS = "esco/classification/occupations_en.csv"
SKILL_EDGES = "esco/relations/broaderRelationsSkillPillar.csv"
OCCUPATION_EDGES = "esco/relations/broaderRelationsOccPillar.csv"
ATTRIBUTION = "This service uses the ESCO classification of the European Commission."


def _uris(rows):
    return {row["conceptUri"] for row in rows}


@pytest.fixture(scope="module")
def concepts(table):
    groups = ("skillGroups_en", "ISCOGroups_en")
    files = [SKILLS, OCCUPATIONS, *(f"esco/classification/{name}.csv" for name in groups)]
    return set().union(*(_uris(table(file)) for file in files))


def test_esco_has_the_promised_size(sample, table):
    wanted = tomllib.loads((sample / "esco_selection.toml").read_text(encoding="utf-8"))
    chosen = [label for labels in wanted["skills"].values() for label in labels]
    assert 140 <= len(chosen) == len(set(chosen)) <= 170
    labels = {" ".join(row["preferredLabel"].split()) for row in table(SKILLS)}
    assert set(chosen) <= labels
    assert {row["preferredLabel"] for row in table(OCCUPATIONS)} == set(wanted["occupations"])
    assert len(wanted["occupations"]) == 15


def test_esco_comes_without_its_texts(sample, table):
    for path in sorted((sample / "esco").rglob("*.csv")):
        for row in table(str(path.relative_to(sample))):
            texts = {name for name in ("description", "definition", "scopeNote") if row.get(name)}
            assert not texts, f"{path.name}: {row.get('conceptUri')} has {texts}"


@pytest.mark.parametrize("language", ["fi", "sv"])
def test_most_concepts_have_labels_in_the_other_languages(table, language):
    for stem, whole in (("skills", SKILLS), ("occupations", OCCUPATIONS)):
        translated = table(f"esco/classification/{stem}_{language}.csv")
        assert _uris(translated) <= _uris(table(whole))
        assert len(translated) > 0.7 * len(table(whole))
        assert all(row["preferredLabel"] for row in translated)


@pytest.mark.parametrize(
    ("file", "ends"),
    [
        (SKILL_EDGES, ("conceptUri", "broaderUri")),
        (OCCUPATION_EDGES, ("conceptUri", "broaderUri")),
        ("esco/relations/occupationSkillRelations.csv", ("occupationUri", "skillUri")),
        ("esco/relations/skillSkillRelations.csv", ("originalSkillUri", "relatedSkillUri")),
    ],
)
def test_no_relation_leads_out_of_the_sample(table, concepts, file, ends):
    rows = table(file)
    assert rows
    assert {row[end] for row in rows for end in ends} <= concepts


def test_every_skill_and_occupation_has_something_above_it(table):
    edges = _uris(table(SKILL_EDGES)) | _uris(table(OCCUPATION_EDGES))
    assert _uris(table(SKILLS)) | _uris(table(OCCUPATIONS)) <= edges


def test_every_occupation_needs_skills(table):
    needed = Counter(
        row["occupationUri"] for row in table("esco/relations/occupationSkillRelations.csv")
    )
    assert all(needed[row["conceptUri"]] >= 5 for row in table(OCCUPATIONS))


CATALOGUES = {"oulu-courses", "tampere-units", "vaasa-courses"}


def test_four_universities_give_about_forty_courses(realisations, told):
    codes = {item["code"] for item in realisations}
    assert len(codes) >= 10
    assert set(told) == {*CATALOGUES, "aalto-units"}
    assert all(len(told[name]) >= 8 for name in CATALOGUES)
    assert 35 <= len(codes) + sum(len(told[name]) for name in CATALOGUES) <= 45
    assert {course.code for course in told["aalto-units"]} <= codes, "it tells courses once more"


def test_realisations_show_exams_and_repeated_courses(realisations):
    assert len({item["id"] for item in realisations}) == len(realisations)
    assert any(item["type"].startswith("exam") for item in realisations)
    teaching = Counter(item["code"] for item in realisations if "teaching" in item["type"])
    assert max(teaching.values()) >= 2
    for item in realisations:
        assert item["enrolmentStartDate"] <= item["startDate"] <= item["endDate"]


def test_courses_are_told_in_one_and_in_three_languages(told):
    for name in CATALOGUES - {"vaasa-courses"}:
        found = {"+".join(sorted(course.outcomes)) for course in told[name]}
        assert {"en", "fi", "en+fi+sv"} <= found, name
    assert {"en", "fi+sv", "en+fi+sv"} == {
        "+".join(sorted(course.outcomes)) for course in told["vaasa-courses"]
    }


def test_some_aalto_courses_repeat_the_english_text(realisations):
    outcomes = [item["summary"]["learningOutcomes"] for item in realisations]
    assert any(text["en"] == text["fi"] == text["sv"] != "" for text in outcomes)


def test_every_course_says_that_it_is_a_sample(realisations, told):
    notes = [item["summary"]["additionalInformation"]["en"] for item in realisations]
    notes += [course.note for found in told.values() for course in found]
    assert all("invented" in note for note in notes)


def test_nobody_teaches_by_name(realisations, told):
    for item in realisations:
        assert not item["teachers"]
        assert not item["summary"]["teacherInCharge"]
    assert not any(course.people for found in told.values() for course in found)


def test_prerequisites_lie_in_the_same_file_and_three_deep(told):
    for name, found in told.items():
        before = {course.names[0]: course.before for course in found}
        named = {other for others in before.values() for other in others}
        assert named <= set(before), name
        if name in CATALOGUES:
            assert max(_depth(course, before) for course in before) >= 2, name


def _depth(group, before):
    return max((1 + _depth(other, before) for other in before[group]), default=0)


def test_aalto_prerequisites_name_courses_of_the_sample(realisations):
    codes = {item["code"] for item in realisations}
    text = " ".join(t for item in realisations for t in item["summary"]["prerequisites"].values())
    named = set(re.findall(r"\b[A-Z]{2,5}-[A-Z]\d{4}\b", text))
    assert named
    assert named <= codes


def test_about_sixty_works_of_about_twenty_five_people(works):
    people = {entry["author"]["id"] for work in works for entry in work["authorships"]}
    names = {entry["author"]["display_name"] for work in works for entry in work["authorships"]}
    assert 55 <= len({work["id"] for work in works}) == len(works) <= 65
    assert 22 <= len(people) == len(names) <= 28
    assert {work["publication_year"] for work in works} <= set(range(2016, 2027))
    assert {"en", "fi", "sv"} == {work["language"] for work in works}
    assert any(len(work["authorships"]) > 1 for work in works)


def test_several_people_at_each_of_six_universities(works):
    staff = {}
    for work in works:
        for entry in work["authorships"]:
            for place in entry["institutions"]:
                staff.setdefault(place["display_name"], set()).add(entry["author"]["id"])
    assert len(staff) == 6
    assert all(len(people) >= 3 for people in staff.values())


def test_works_claim_no_identity_that_could_be_real(works):
    for work in works:
        assert work["doi"] is None or work["doi"].startswith("https://doi.org/10.5555/")
        assert re.fullmatch(r"https://openalex\.org/W99\d{8}", work["id"])
        assert all(entry["author"]["orcid"] is None for entry in work["authorships"])


def test_abstracts_are_whole_and_three_to_five_sentences_long(works):
    for work in works:
        index = work["abstract_inverted_index"]
        words = {place: word for word, places in index.items() for place in places}
        assert sorted(words) == list(range(len(words)))
        ends = [place for place, word in words.items() if word.endswith((".", "?"))]
        assert 3 <= len(ends) <= 5, work["title"]
        assert max(ends) == len(words) - 1


def test_needs_are_about_concepts_of_the_sample(table):
    rows = table("needs/needs.csv")
    assert 40 <= len(rows) <= 55
    assert {row["concept_uri"] for row in rows} <= _uris(table(SKILLS)) | _uris(table(OCCUPATIONS))
    assert {row["source"] for row in rows} == {"Sample data, invented"}
    assert all(re.fullmatch(r"FI[0-9A-Z]{1,3}", row["region"]) for row in rows)
    assert all(int(row["number"]) > 0 for row in rows)


GAPS = (
    "blockchain platforms", "composite materials", "district heating and cooling",
    "field-programmable gate arrays", "human-robot collaboration", "ICT security legislation",
    "natural language processing", "non-destructive testing", "plan migration to cloud",
    "types of heat pumps", "welding techniques",
)  # fmt: skip


@pytest.mark.parametrize("gap", GAPS)
def test_no_course_names_a_skill_that_is_a_gap(sample, table, gap):
    (uri,) = (row["conceptUri"] for row in table(SKILLS) if row["preferredLabel"] == gap)
    assert uri in {row["concept_uri"] for row in table("needs/needs.csv")}
    assert gap in " ".join((sample / "README.md").read_text(encoding="utf-8").split())
    labels = [
        row["preferredLabel"].casefold()
        for language in ("en", "fi", "sv")
        for row in table(f"esco/classification/skills_{language}.csv")
        if row["conceptUri"] == uri
    ]
    for path in (sample / "courses").iterdir():
        text = path.read_text(encoding="utf-8").casefold()
        assert not [label for label in labels if label in text], path.name


def test_the_configuration_names_every_source(sample):
    config = tomllib.loads((sample / "fitech.toml").read_text(encoding="utf-8"))
    sources = {source["name"]: source for source in config["source"]}
    assert set(sources) == {
        "members", "esco", "yso", "aalto", "aalto-sisu", "tampere", "oulu", "vaasa", "lut", "opintopolku",
        "research", "virta", "crossref", "needs", "adverts",
    }  # fmt: skip
    named = {
        path.resolve()
        for source in sources.values()
        for name in source["paths"]
        for path in sample.glob(name)
    }
    data = {
        path.resolve()
        for folder in ("courses", "research", "needs", "topics")
        for path in (sample / folder).iterdir()
    }
    assert data <= named, "every file is loaded"
    assert sources["esco"]["attribution"] == ATTRIBUTION
    for name, source in sources.items():
        for pattern in source["paths"]:
            assert list(sample.glob(pattern)), f"{name}: no file for {pattern}"
        if name not in {"members", "esco", "yso"}:
            assert "sample data, invented" in source["title"]


def test_the_readme_names_the_attribution(sample):
    readme = (sample / "README.md").read_text(encoding="utf-8")
    assert ATTRIBUTION in readme
    assert "modified" in readme
