"""An upgrade of ESCO in a data directory: what pointed to retired concepts points to successors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.factory import create_app
from app.pipeline.esco import load_mapping
from app.workspace import Workspace
from graph.embedded import EmbeddedStore
from graph.releases import Releases
from graph.sandbox import Limits

E = "http://data.europa.eu/esco"
HEAD = (
    "conceptType,conceptUri,skillType,reuseLevel,preferredLabel,altLabels,hiddenLabels,status,"
    "modifiedDate,scopeNote,definition,inScheme,description\n"
)
PREFIXES = """
PREFIX fitech: <https://data.fitech.example/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX esco: <http://data.europa.eu/esco/model#>
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
"""


def skill(number: int) -> str:
    return f"{E}/skill/00000000-aaaa-4aaa-8aaa-{number:012d}"


KEPT, WASH, BUDGET, PHONE, CLEAN, MANAGE, PLAN = (skill(number) for number in range(1, 8))
JOB = f"{E}/occupation/00000000-bbbb-4bbb-8bbb-000000000001"


def table(*rows: tuple[str, str, str]) -> str:
    return HEAD + "".join(
        f'KnowledgeSkillCompetence,{uri},skill,,{label},"{others}",,released,,,,,\n'
        for uri, label, others in rows
    )


OLD = table((KEPT, "plan work", ""), (WASH, "wash decks", "scrub decks"), (BUDGET, "budget costs", ""),
            (PHONE, "Red Phone", ""), (CLEAN, "clean ships", ""), (MANAGE, "manage budgets", ""), (PLAN, "plan budgets", ""))  # fmt: skip
NEW = table((KEPT, "plan work", ""), (CLEAN, "clean ships", "wash decks\nscrub decks"),
            (MANAGE, "manage budgets", "budget costs"), (PLAN, "plan budgets", "budget costs"))  # fmt: skip
RELATIONS = "occupationUri,relationType,skillType,skillUri\n" + "".join(
    f"{JOB},essential,,{uri}\n" for uri in (KEPT, WASH, PHONE)
)
OCCUPATIONS = f"conceptType,conceptUri,iscoGroup,preferredLabel,altLabels,code\nOccupation,{JOB},8350,deck hand,,\n"
NEEDS = "concept_uri,region,period,number,unit,source\n" + "".join(
    f"{uri},FI1B1,2026,10,openings,Survey\n" for uri in (KEPT, WASH, BUDGET, PHONE)
)
CONFIG = """
base = "https://data.fitech.example/id/"
[[source]]
name = "members"
loader = "members"
paths = []
[[source]]
name = "esco"
loader = "esco"
paths = ["{esco}"]
title = "ESCO v1.1.1"
[[source]]
name = "courses"
loader = "ooapi"
paths = ["courses.json"]
[[source]]
name = "needs"
loader = "needs"
paths = ["needs.csv"]
[link]
linker = "exact"
"""


class Place:
    """A folder with two versions of ESCO, a configuration and a data directory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        for name, content in {
            "old/skills_en.csv": OLD,
            "old/skills_fi.csv": table((CLEAN, "puhdistaa laivoja", ""), (WASH, "pestä kansia", "")),
            "old/occupations_en.csv": OCCUPATIONS,
            "old/occupationSkillRelations.csv": RELATIONS,
            "ESCO v1.2.0/skills_en.csv": NEW,
            "needs.csv": NEEDS,
            "courses.json": json.dumps(courses()),
            "graph.toml": CONFIG.format(esco="old"),
        }.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(main, ["--data-dir", str(self.data), *arguments])

    def upgrade(self, *arguments: str) -> Result:
        result = self.run("esco-upgrade", "--to", str(self.folder / "ESCO v1.2.0"), *arguments)
        assert result.exit_code == 0, result.output
        return result

    def steps(self) -> None:
        for step in (["link"], ["derive"], ["check"], ["publish", "--force"]):
            result = self.run(*step)
            assert result.exit_code in (0, 3), result.output

    def ask(self, query: str) -> set[tuple[str, ...]]:
        live = Releases(self.data).live()
        assert live is not None
        store = EmbeddedStore(live.store, read_only=True)
        rows = store.select(PREFIXES + query)
        store.close()
        return {tuple(term.value for term in row.values()) for row in rows}

    def files(self) -> dict[str, bytes]:
        paths = [*self.data.glob("staged/**/*"), *self.data.glob("esco-*"), *self.data.glob(".esco*")]
        return {str(path): path.read_bytes() for path in paths if path.is_file()}


def courses() -> dict[str, object]:
    def course(code: str, uri: str) -> dict[str, object]:
        return {
            "courseId": code, "primaryCode": {"codeType": "identifier", "code": code},
            "name": [{"language": "en", "value": f"Course {code}"}], "abbreviation": code,
            "otherCodes": [{"codeType": "esco", "code": uri}], "teachingLanguage": "eng",
            "organization": {"organizationId": "o", "primaryCode": {"codeType": "identifier", "code": "aalto"},
                             "name": [{"language": "en", "value": "Aalto University"}]},
        }  # fmt: skip

    return {
        "pageSize": 10,
        "pageNumber": 1,
        "items": [course("C-1", WASH), course("C-2", BUDGET), course("C-3", KEPT)],
    }


LINKS = """SELECT ?code ?skill ?confidence { ?link fitech:linkSkill ?skill ; fitech:linkSubject ?course ;
    fitech:confidence ?confidence ; fitech:method "stated/1" . ?course skos:notation ?code }"""
NEEDED = "SELECT ?skill { ?need fitech:concerns ?skill }"


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A graph that was built with the old version, upgraded and built again."""
    place = Place(tmp_path_factory.mktemp("upgrade"))
    result = place.run("build", str(place.folder / "graph.toml"), "--force")
    assert result.exit_code == 0, result.output
    assert {uri for (uri,) in place.ask(NEEDED)} == {KEPT, WASH, BUDGET, PHONE}
    assert {row[1] for row in place.ask(LINKS)} == {WASH, BUDGET, KEPT}
    place.upgrade("--apply", "--report", str(place.folder / "report.json"))
    place.steps()
    return place


def test_needs_point_to_successors_or_stay(upgraded: Place) -> None:
    assert {uri for (uri,) in upgraded.ask(NEEDED)} == {KEPT, CLEAN, BUDGET, PHONE}


def test_links_point_to_successors_and_to_each_part(upgraded: Place) -> None:
    found = {(code, uri): float(confidence) for code, uri, confidence in upgraded.ask(LINKS)}
    assert set(found) == {("C-1", CLEAN), ("C-2", MANAGE), ("C-2", PLAN), ("C-3", KEPT)}
    assert found["C-3", KEPT] == 1
    assert 0.7 < found["C-1", CLEAN] < 1
    assert found["C-2", MANAGE] == found["C-2", PLAN] < 0.5


def test_retired_concepts_stay_as_stubs_and_their_pages_answer(upgraded: Place) -> None:
    rows = upgraded.ask(f"SELECT ?new {{ <{WASH}> dct:isReplacedBy ?new ; owl:deprecated true }}")
    assert rows == {(CLEAN,)}
    assert upgraded.ask(f"SELECT ?new {{ <{BUDGET}> dct:isReplacedBy ?new }}") == {(MANAGE,), (PLAN,)}
    assert not upgraded.ask(f"SELECT ?x {{ <{WASH}> a esco:Skill ; skos:prefLabel ?x }}")
    app = create_app(Workspace(upgraded.data), Limits(seconds=5, rows=50), workers=1)
    page = app.test_client().get(WASH.replace("http://data.europa.eu/esco", "/esco"))
    assert page.status_code == 200
    assert "wash decks" in page.text
    assert CLEAN in page.text or "clean ships" in page.text


def test_what_only_the_old_version_says_stands_in_a_graph_of_its_own(upgraded: Place) -> None:
    former = "https://data.fitech.example/id/graph/source/esco-former"
    essential = f"SELECT ?s {{ GRAPH <{former}> {{ <{JOB}> esco:relatedEssentialSkill ?s }} }}"
    assert upgraded.ask(essential) == {(KEPT,), (CLEAN,)}  # a lost one is no skill that is needed
    assert upgraded.ask(f"SELECT ?x {{ GRAPH <{former}> {{ <{CLEAN}> skos:prefLabel ?x }} }}") == {
        ("puhdistaa laivoja",)
    }
    assert upgraded.ask(f"SELECT ?x {{ <{JOB}> skos:prefLabel ?x }}") == {("deck hand",)}


def test_the_report_says_what_was_done(upgraded: Place) -> None:
    report = json.loads((upgraded.folder / "report.json").read_text(encoding="utf-8"))
    assert (report["from"], report["to"]) == ("1.1.1", "1.2.0")
    assert {key: report["counts"][key] for key in ("gone", "gone_merged", "gone_split", "gone_lost")} == {
        "gone": 3, "gone_merged": 1, "gone_split": 1, "gone_lost": 1,
    }  # fmt: skip
    assert report["touched"] | {"links": 2, "needs": 3, "courses": 2} == report["touched"]
    text = (upgraded.folder / "report.txt").read_text(encoding="utf-8")
    assert "Red Phone → –" in text
    assert "paths of the source esco" in text
    csv = (upgraded.folder / "report.csv").read_text(encoding="utf-8")
    assert csv.count("\nsplit,") == 2


def test_the_same_upgrade_again_changes_nothing(upgraded: Place) -> None:
    before = upgraded.files()
    assert "nothing was changed" in upgraded.upgrade("--apply").output
    assert (
        "nothing was changed"
        in upgraded.upgrade("--from", str(upgraded.folder / "old"), "--apply").output
    )
    assert upgraded.files() == before


def test_without_apply_nothing_is_changed(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.run("load", "esco", str(tmp_path / "old"))
    before = place.files()
    output = place.upgrade().output
    assert "3 are gone" in output
    assert place.files() == before


def test_a_person_decides_and_an_upgrade_is_undone(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.run("load", "esco", str(tmp_path / "old"))
    before = {name: data for name, data in place.files().items() if name.endswith("triples.nt.gz")}
    place.upgrade("--apply")
    assert load_mapping(Workspace(place.data)).successors(PHONE) == ()
    (place.data / "esco-decisions.csv").write_text(
        f"old_uri,new_uri,note\n{PHONE},{KEPT},so\n", encoding="utf-8"
    )
    place.upgrade("--apply")  # the old version is now the one that was kept
    assert load_mapping(Workspace(place.data)).successors(PHONE) == (KEPT,)
    assert load_mapping(Workspace(place.data)).successors(WASH) == (CLEAN,)
    result = place.run("esco-upgrade", "--undo")
    assert result.exit_code == 0, result.output
    after = {name: data for name, data in place.files().items() if name.endswith("triples.nt.gz")}
    assert after == before
    assert load_mapping(Workspace(place.data)).fates == {}
    assert place.run("esco-upgrade", "--undo").exit_code == 1


def test_a_configuration_that_loads_the_old_version_again_puts_the_upgrade_out_of_force(
    tmp_path: Path,
) -> None:
    place = Place(tmp_path)
    config = str(tmp_path / "graph.toml")
    assert place.run("build", config, "--force").exit_code == 0
    place.upgrade("--apply")
    result = place.run("build", config, "--force")
    assert "is not in force" in result.output
    assert {uri for (uri,) in place.ask(NEEDED)} == {KEPT, WASH, BUDGET, PHONE}
    assert not place.ask(f"SELECT ?new {{ <{WASH}> dct:isReplacedBy ?new }}")
    (tmp_path / "graph.toml").write_text(CONFIG.format(esco="ESCO v1.2.0"), encoding="utf-8")
    result = place.run("build", config, "--force")
    assert "now name the successor" in result.output
    assert {uri for (uri,) in place.ask(NEEDED)} == {KEPT, CLEAN, BUDGET, PHONE}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--from", "nothing"], "There is no file nothing"),
        (["--source", "courses"], "There is no staged source 'courses' with ESCO"),
        (["--decisions", "nowhere.csv"], "There is no file of decisions"),
    ],
)
def test_what_cannot_be_used_is_told(tmp_path: Path, arguments: list[str], message: str) -> None:
    place = Place(tmp_path)
    place.run("load", "esco", str(tmp_path / "old"))
    result = place.run("esco-upgrade", "--to", str(tmp_path / "ESCO v1.2.0"), *arguments)
    assert result.exit_code == 1
    assert message in result.output
    assert place.run("esco-upgrade").exit_code == 2
