"""Judgements of skill links: kept, in force in the graph, and still there after everything."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from app.cli import main
from app.config import read_config
from app.factory import create_app
from app.pipeline.build import build
from app.pipeline.sync import sync
from app.progress import silent
from app.review.decisions import in_force
from app.review.item import passage_of
from app.review.judgements import is_held_out, judgements
from app.review.precision import bands, wilson
from app.review.queue import EVERY, NAME, Filter, Queue
from app.review.settings import SignIn
from app.review.store import Judged, Reviewer, ReviewError, ReviewStore, link_key, review_store
from app.review.words import spoke_words
from app.workspace import Workspace
from graph.embedded import EmbeddedStore
from graph.identifiers import Identifiers
from graph.records import Evidence, SkillLink
from graph.releases import Releases
from loaders.skills.esco_versions.mapping import EscoMapping, Fate

MAIJA = Reviewer("u-1", "Maija Metsä", "reviewer")
ADMIN = Reviewer("u-9", "Aino Admin", "admin")
S = "http://data.europa.eu/esco/skill/"
COURSE, WORK = (
    "https://data.fitech.example/id/course/aalto/X",
    "https://data.fitech.example/id/output/y",
)
PREFIXES = """
PREFIX fitech: <https://data.fitech.example/ontology#>
PREFIX status: <https://data.fitech.example/ontology/link-status#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX prov: <http://www.w3.org/ns/prov#>
"""


def judged(
    skill: str = "one", subject: str = COURSE, confidence: float = 0.6, **more: object
) -> Judged:
    evidence = (Evidence("outcomes", "en", 0, 4, "plan", "plan work"),)
    made = Judged(subject, "teaches", S + skill, "outcomes", "en", "Plan the work.", "h", "exact/1", confidence,
                  "uncertain", evidence)  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


@pytest.fixture
def store(tmp_path: Path) -> ReviewStore:
    return ReviewStore(tmp_path / "data" / "review.sqlite")


# The store


def test_what_was_judged_comes_back_whole(store: ReviewStore) -> None:
    number = store.judge(judged(features={"places": 1}), "accept", MAIJA)
    (entry,) = store.current()
    assert (entry.id, entry.decision, entry.better) == (number, "accept", None)
    assert entry.judged == judged(features={"places": 1})
    assert entry.reviewer == MAIJA
    assert entry.time.endswith("+00:00")


def test_the_newest_word_counts_and_the_trail_keeps_all(store: ReviewStore) -> None:
    store.judge(judged(), "accept", MAIJA)
    store.judge(judged(), "reject", ADMIN)
    store.judge(judged("two"), "better", MAIJA, S + "three")
    assert [(e.decision, e.better) for e in store.current()] == [
        ("reject", None),
        ("better", S + "three"),
    ]
    assert [e.decision for e in store.log()] == ["better", "reject", "accept"]
    assert store.counts() == {"reject": 1, "better": 1, "all": 3}


def test_taking_back_brings_the_former_word_into_force(store: ReviewStore) -> None:
    store.judge(judged(), "accept", MAIJA)
    second = store.judge(judged(), "reject", MAIJA)
    assert store.last_of("u-1").id == second  # type: ignore[union-attr]
    store.undo(second, MAIJA)
    assert [e.decision for e in store.current()] == ["accept"]
    with pytest.raises(ReviewError, match="already"):
        store.undo(second, MAIJA)
    first = store.last_of("u-1")
    assert first is not None
    with pytest.raises(ReviewError, match="another person"):
        store.undo(first.id, Reviewer("u-2", "Other", "reviewer"))
    store.undo(first.id, ADMIN)
    assert store.current() == []
    assert [e.decision for e in store.log()] == ["undo", "undo", "reject", "accept"]
    with pytest.raises(ReviewError, match="nothing"):
        store.undo(99, ADMIN)


def test_rows_cannot_be_changed_or_removed(store: ReviewStore) -> None:
    store.judge(judged(), "accept", MAIJA)
    with closing(sqlite3.connect(store.path)) as connection:
        for sql in ("DELETE FROM judgement", "UPDATE judgement SET decision = 'reject'"):
            with pytest.raises(sqlite3.IntegrityError, match="kept"):
                connection.execute(sql)


def test_a_name_can_be_forgotten(store: ReviewStore) -> None:
    store.judge(judged(), "accept", MAIJA)
    assert store.forget("u-1")
    assert not store.forget("u-1")
    assert store.current()[0].reviewer == Reviewer("u-1", "", "reviewer")
    with closing(sqlite3.connect(store.path)) as connection:
        text = "\n".join(connection.iterdump())
    assert "Maija" not in text


@pytest.mark.parametrize(
    ("decision", "better", "message"),
    [
        ("maybe", None, "no decision"),
        ("better", None, "Which skill"),
        ("better", S + "one", "accept it"),
    ],
)
def test_what_is_no_judgement_is_told(
    store: ReviewStore, decision: str, better: str | None, message: str
) -> None:
    with pytest.raises(ReviewError, match=message):
        store.judge(judged(), decision, MAIJA, better)


def test_the_digest_tells_what_is_in_force(store: ReviewStore) -> None:
    assert store.digest() == ""
    number = store.judge(judged(), "accept", MAIJA)
    first = store.digest()
    assert first
    other = store.judge(judged("two"), "reject", MAIJA)
    assert store.digest() != first
    store.undo(other, MAIJA)
    assert store.digest() == first
    store.undo(number, MAIJA)
    assert store.digest() == ""


def test_many_may_judge_at_the_same_time(store: ReviewStore) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda n: store.judge(judged(str(n)), "accept", MAIJA), range(40)))
    assert store.counts() == {"accept": 40, "all": 40}


# What follows for the graph


def decided(
    store: ReviewStore, mapping: EscoMapping | None = None, **more: object
) -> dict[tuple[str, str], str]:
    skills = more.pop("skills", {S + name for name in ("one", "two", "three", "four")})
    found = in_force(store.current(), mapping or EscoMapping(), {COURSE, WORK}, skills, **more)  # type: ignore[arg-type]
    return {(one.subject, one.skill.removeprefix(S)): one.status for one in found.by_link.values()}


def test_a_better_skill_rejects_one_and_accepts_the_other(store: ReviewStore) -> None:
    store.judge(judged(), "better", MAIJA, S + "two")
    assert decided(store) == {(COURSE, "one"): "rejected", (COURSE, "two"): "accepted"}
    store.judge(judged("two"), "reject", ADMIN)
    assert decided(store)[COURSE, "two"] == "rejected"


def mapping(*fates: tuple[str, str, tuple[str, ...]]) -> EscoMapping:
    return EscoMapping(
        Fate(S + old, kind, tuple(S + name for name in new), 0.9, "ESCO") for old, kind, new in fates
    )


def test_decisions_on_retired_skills_follow(store: ReviewStore) -> None:
    for skill, decision in (
        ("old", "accept"),
        ("gone", "accept"),
        ("both", "accept"),
        ("no", "reject"),
    ):
        store.judge(judged(skill), decision, MAIJA)
    moves = mapping(("old", "renamed", ("one",)), ("gone", "lost", ()), ("both", "split", ("two", "three")),
                    ("no", "split", ("four", "two")))  # fmt: skip
    found = in_force(store.current(), moves, {COURSE}, {S + n for n in ("one", "two", "three", "four")})
    assert {one.skill.removeprefix(S): one.status for one in found.by_link.values()} == {
        "one": "accepted", "two": "rejected", "three": "proposed", "four": "rejected",
    }  # fmt: skip
    assert found.by_link[link_key(COURSE, "teaches", S + "three")].confidence == pytest.approx(0.45)
    assert (found.waiting, found.moved) == (1, 3)


def test_a_word_on_the_very_link_counts_more_than_an_inherited_one(store: ReviewStore) -> None:
    store.judge(judged("one"), "reject", MAIJA)
    store.judge(judged("old"), "accept", MAIJA)
    assert decided(store, mapping(("old", "merged", ("one",)))) == {(COURSE, "one"): "rejected"}


def test_decisions_follow_a_thing_to_its_new_address_or_wait(store: ReviewStore) -> None:
    store.judge(judged(subject="https://data.fitech.example/id/output/old"), "accept", MAIJA)
    assert decided(store) == {}
    moved = {"https://data.fitech.example/id/output/old": WORK}
    assert decided(store, successor=moved.get) == {(WORK, "one"): "accepted"}
    assert decided(store, successor=moved.get, skills={S + "two"}) == {}


def test_no_statement_tells_who_decided(store: ReviewStore) -> None:
    store.judge(judged(), "accept", MAIJA)
    found = in_force(store.current(), EscoMapping(), {COURSE}, {S + "one"})
    text = "\n".join(map(str, found.triples(Identifiers())))
    assert "decidedByRole" in text
    assert "reviewer" in text
    assert "u-1" not in text
    assert "Maija" not in text
    assert '"plan"@en' in text  # the evidence is kept
    assert '"plan work"@en' in text


def test_a_status_stands_in_one_place(store: ReviewStore) -> None:
    store.judge(judged(), "accept", MAIJA)
    found = in_force(store.current(), EscoMapping(), {COURSE}, {S + "one"})
    link = SkillLink(COURSE, S + "one", "teaches", 0.6, "exact/1")
    own = found.remaining(link, Identifiers())
    both = [str(triple.predicate) for triple in [*own, *found.triples(Identifiers())]]
    assert Counter(both)["<https://data.fitech.example/ontology#linkStatus>"] == 1
    assert Counter(both)["<https://data.fitech.example/ontology#confidence>"] == 1
    other = SkillLink(COURSE, S + "two", "teaches", 0.6, "exact/1")
    assert any(
        "linkStatus" in str(triple.predicate) for triple in found.remaining(other, Identifiers())
    )


# The whole way: build, judge, build again


class Site:
    """A data directory of its own with the sample, and somebody who is signed in."""

    def __init__(self, place: Workspace, root: Path) -> None:
        self.place = place
        config = read_config(root / "sample" / "fitech.toml")
        self.config = replace(config, linker="exact", threshold=0.5)
        self.client = signed_in(place, "admin")

    def ask(self, query: str) -> list[tuple[str, ...]]:
        live = Releases(self.place.path).live()
        assert live is not None
        with closing(EmbeddedStore(live.store, read_only=True)) as store:
            return [
                tuple(term.value for term in row.values()) for row in store.select(PREFIXES + query)
            ]

    def queue(self) -> Queue:
        live = Releases(self.place.path).live()
        assert live is not None
        return Queue(live.path / NAME, review_store(self.place.path).path)

    def statuses(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for link, status in self.ask("SELECT ?link ?status { ?link fitech:linkStatus ?status }"):
            found.setdefault(link.rsplit("/", 1)[1], []).append(status.rsplit("#", 1)[1])
        return found

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(main, ["--data-dir", str(self.place.path), *arguments])


def token_of(text: str) -> str:
    return re.search(r'name="csrf" value="([^"]+)"', text)[1]  # type: ignore[index]


def signed_in(place: Workspace, role: str, name: str = "Maija Metsä") -> FlaskClient:
    app = create_app(place, workers=1, sign_in=SignIn.for_development())
    app.testing = True
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT"] = "text/html"
    data = {"csrf": token_of(client.get("/sign-in").text), "name": name, "role": role}
    assert client.post("/sign-in", data=data).status_code == 302
    return client


def post(client: FlaskClient, path: str, **data: str) -> str:
    data["csrf"] = token_of(client.get("/review").text)
    answer = client.post(path, data=data, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer.text


def told(text: str) -> str:
    return re.search(r'id="told">([^<]+)', text)[1].replace("&#39;", "'")  # type: ignore[index]


def shown(text: str) -> str:
    return re.search(r'data-link="(\w+)"', text)[1]  # type: ignore[index]


@pytest.fixture(scope="module")
def site(sample_place: Workspace, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Site:
    target = tmp_path_factory.mktemp("review") / "data"
    shutil.copytree(sample_place.path, target, symlinks=True)
    return Site(Workspace(target), root)


@pytest.fixture
def fresh(site: Site) -> Site:
    """The site without any judgement."""
    for path in site.place.path.glob("review.sqlite*"):
        path.unlink()
    site.client = signed_in(site.place, "admin")
    return site


def test_twenty_decisions_stay_through_reload_and_new_linking(fresh: Site) -> None:
    client, queue = fresh.client, fresh.queue()
    page = client.get("/review").text
    wanted: dict[str, str] = {}
    better = S + "3a2d5b45-56e4-4f5a-a55a-4a4a65afdc43"
    for number in range(20):
        link, decision = shown(page), ("accept", "reject", "better")[number % 3]
        item = queue.get(link)
        assert item is not None
        if item.skill == better:
            decision = "accept"
        page = post(
            client, "/review/judge", link=link, decision=decision, better=better, sample="uncertain"
        )
        wanted[link] = "accepted" if decision == "accept" else "rejected"
    assert len(wanted) == 20
    before = fresh.ask("SELECT (count(*) AS ?n) { ?link fitech:decidedAt ?time }")
    assert before == [("0",)]
    result = build(fresh.place, fresh.config, silent)  # loads every source anew
    assert any("links are as people decided" in line for line in result.lines)
    for _ in range(2):
        found = fresh.statuses()
        assert all(len(states) == 1 for states in found.values())
        assert {link: found[link] for link in wanted} == {
            link: [state] for link, state in wanted.items()
        }
        direct = "SELECT ?link { ?link fitech:linkStatus status:%s ; fitech:linkSubject ?s ; fitech:linkRelation ?p ; fitech:linkSkill ?o . FILTER %s EXISTS { ?s ?p ?o } }"
        assert not fresh.ask(direct % ("accepted", "NOT"))
        assert not fresh.ask(direct % ("rejected", ""))
        made = fresh.ask(
            f'SELECT ?link {{ ?link fitech:method "review/1" ; fitech:linkSkill <{better}> ; fitech:evidence ?e ; fitech:confidence 1.0 }}'
        )
        proposed = [k for k in wanted if wanted[k] == "rejected"]
        assert made
        assert proposed
        for step in ("link", "derive", "check"):  # new linking
            assert fresh.run(step).exit_code in (0, 3)
        assert fresh.run("publish", "--force").exit_code == 0
    queue = fresh.queue()
    assert not {item.link for item, _ in queue.mixed(Filter(), 1000)} & set(wanted)
    graphs = fresh.ask("SELECT DISTINCT ?g { GRAPH ?g { ?link fitech:linkStatus status:accepted } }")
    assert graphs == [("https://data.fitech.example/id/graph/decisions",)]
    assert fresh.ask(
        "SELECT ?a { <https://data.fitech.example/id/graph/decisions> prov:wasGeneratedBy ?a }"
    )
    assert not fresh.ask('SELECT ?s { ?s ?p ?o FILTER(contains(str(?o), "Maija Mets")) }')


def test_a_sync_publishes_after_new_decisions_and_only_then(fresh: Site) -> None:
    sync(fresh.place, fresh.config, silent)
    assert not sync(fresh.place, fresh.config, silent).published
    page = fresh.client.get("/review").text
    link = shown(page)
    post(fresh.client, "/review/judge", link=link, decision="reject", sample="uncertain")
    assert sync(fresh.place, fresh.config, silent).published
    assert fresh.statuses()[link] == ["rejected"]
    item = fresh.queue().get(link)
    assert item is not None
    course = item.subject.replace("https://data.fitech.example/id", "/page")
    assert ">rejected</span>" in fresh.client.get(course).text
    post(fresh.client, "/review/undo")
    assert sync(fresh.place, fresh.config, silent).published
    assert fresh.statuses()[link] == ["proposed"]


def test_what_a_person_rejected_counts_from_no_source_either(fresh: Site) -> None:
    stated = fresh.ask(
        'SELECT ?s ?p ?o { ?link fitech:method "stated/1" ; fitech:linkSubject ?s ; fitech:linkRelation ?p ; fitech:linkSkill ?o . ?s ?p ?o }'
    )
    subject, relation, skill = stated[0]
    name = {"teaches": "teaches", "requires": "requires", "needsSkill": "needs"}[
        relation.rsplit("#", 1)[1]
    ]
    review_store(fresh.place.path).judge(
        replace(judged(), subject=subject, skill=skill, relation=name), "reject", ADMIN
    )
    for step in ("link", "derive"):
        assert fresh.run(step).exit_code == 0
    with closing(EmbeddedStore(fresh.place.next / "store", read_only=True)) as store:
        assert not store.ask(f"ASK {{ <{subject}> <{relation}> <{skill}> }}")


def test_decisions_follow_skills_that_esco_retired(tmp_path: Path) -> None:
    from tests.app.test_esco_upgrade import BUDGET, CLEAN, KEPT, MANAGE, PHONE, PLAN, WASH, Place

    site = Place(tmp_path)
    assert site.run("build", str(tmp_path / "graph.toml"), "--force").exit_code == 0
    store = review_store(site.data)
    course = "https://data.fitech.example/id/course/aalto/C-3"
    for skill, decision in ((WASH, "accept"), (BUDGET, "reject"), (PHONE, "accept"), (KEPT, "reject")):
        store.judge(replace(judged(), subject=course, skill=skill), decision, MAIJA)
    asked = f"SELECT ?skill ?status {{ ?link fitech:linkSubject <{course}> ; fitech:method 'review/1' ; fitech:linkSkill ?skill ; fitech:linkStatus ?status }}"

    def statuses() -> dict[str, str]:
        return {skill: status.rsplit("#", 1)[1] for skill, status in site.ask(asked)}

    site.steps()
    before = {WASH: "accepted", BUDGET: "rejected", PHONE: "accepted", KEPT: "rejected"}
    assert statuses() == before
    site.upgrade("--apply")
    site.steps()
    assert statuses() == {CLEAN: "accepted", MANAGE: "rejected", PLAN: "rejected", KEPT: "rejected"}
    teaches = f"SELECT ?skill {{ <{course}> fitech:teaches ?skill }}"
    assert site.ask(teaches) == {(CLEAN,)}  # also not KEPT, which the source states
    assert site.run("esco-upgrade", "--undo").exit_code == 0
    site.steps()
    assert statuses() == before


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ReviewError, match=r"review\.sqlite cannot be written"):
        ReviewStore(tmp_path / "file" / "review.sqlite").judge(judged(), "accept", MAIJA)


# The queue


def test_every_fifth_is_drawn_by_lot(fresh: Site) -> None:
    rows = list(fresh.queue().mixed(Filter(), 40))
    assert [sample for _, sample in rows] == (["uncertain"] * (EVERY - 1) + ["random"]) * 8
    assert len({item.link for item, _ in rows}) == 40
    unsure = [abs(item.confidence - 0.5) for item, sample in rows if sample == "uncertain"]
    assert unsure == sorted(unsure)
    page = fresh.client.get("/review").text
    samples = []
    for _ in range(EVERY * 2):
        samples.append("drawn by lot" in page.split("</article>")[0])
        page = post(fresh.client, "/review/judge", link=shown(page), decision="accept", sample="random")
    assert samples == [False, False, False, False, True] * 2


def test_filters_choose(fresh: Site) -> None:
    queue = fresh.queue()
    total, _ = queue.count(Filter())
    for wanted in (Filter(language="fi"), Filter(relation="about"), Filter(kind="advert"), Filter(linker="exact/1", language="sv"),
                   Filter(university="https://data.fitech.example/id/organisation/oulu")):  # fmt: skip
        rows = list(queue.mixed(wanted, 5000))
        assert 0 < len(rows) == queue.count(wanted)[1] < total
        text = fresh.client.get("/review", query_string=wanted.given()).text
        assert queue.has(shown(text), wanted)
    assert "No link fits this choice" in fresh.client.get("/review?language=xx").text


# The pages


@pytest.mark.parametrize("language", ["en", "fi", "sv"])
@pytest.mark.parametrize("path", ["/review", "/review/precision", "/review/log"])
def test_pages_in_three_languages(fresh: Site, path: str, language: str) -> None:
    review_store(fresh.place.path).judge(judged(), "accept", MAIJA)
    answer = fresh.client.get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text
    assert not re.search(r"%\(\w+\)s|None</|undefined|Undefined", answer.text)
    assert answer.headers["Cache-Control"] == "no-store"
    assert not re.search(r"<script(?![^>]*src=)|style=|onclick", answer.text)


def test_the_words_are_marked_and_the_skill_is_explained(fresh: Site) -> None:
    text = fresh.client.get("/review").text
    assert re.search(r'<blockquote class="sentence" lang="\w\w">[^<]*<mark>[^<]+</mark>', text)
    for words in ("Confidence", "What spoke for it", "Other links of this text", "taken for"):
        assert words in text


def test_pass_over_undo_and_a_better_skill(fresh: Site) -> None:
    first = fresh.client.get("/review").text
    second = post(fresh.client, "/review/pass", link=shown(first))
    assert told(second) == "Passed over."
    assert shown(second) != shown(first)
    machine = S + "3a2d5b45-56e4-4f5a-a55a-4a4a65afdc43"
    third = post(
        fresh.client,
        "/review/judge",
        link=shown(second),
        decision="better",
        better=machine,
        sample="random",
    )
    assert told(third).startswith("machine learning instead of ")
    assert shown(third) not in (shown(first), shown(second))
    back = post(fresh.client, "/review/undo")
    assert told(back).startswith("Taken back")
    assert shown(back) == shown(second)
    assert told(post(fresh.client, "/review/undo")) == "There is nothing to take back."
    entry = review_store(fresh.place.path).log()[-1]
    assert entry.judged.sample == "random"
    assert entry.judged.sentence
    assert entry.judged.evidence


@pytest.mark.parametrize(
    ("data", "status"),
    [({"decision": "better"}, 400), ({"decision": "better", "better": "nonsense"}, 400),
     ({"decision": "better", "better": S + "nothing"}, 400), ({"decision": "maybe"}, 400), ({"link": "none"}, 404)],
)  # fmt: skip
def test_what_cannot_be_taken_is_told(fresh: Site, data: dict[str, str], status: int) -> None:
    page = fresh.client.get("/review").text
    form = {"csrf": token_of(page), "link": shown(page), "decision": "accept"} | data
    assert fresh.client.post("/review/judge", data=form).status_code == status
    assert review_store(fresh.place.path).counts() == {"all": 0}


def test_without_scripts_a_skill_is_found_by_name(fresh: Site) -> None:
    link = shown(fresh.client.get("/review").text)
    text = fresh.client.get("/review", query_string={"link": link, "find": "machine lear"}).text
    assert shown(text) == link
    radio = re.search(r'type="radio" name="better" value="([^"]+)"', text)
    assert radio
    data = {"csrf": token_of(text), "link": link, "decision": "better", "better": ["", radio[1]]}
    assert fresh.client.post("/review/judge", data=data).status_code == 303
    assert review_store(fresh.place.path).current()[0].better == radio[1]
    assert "replaced by" in fresh.client.get(f"/review?link={link}").text


def test_only_those_with_the_role(fresh: Site) -> None:
    client = signed_in(fresh.place, "reviewer", "Matti")
    assert client.get("/review/log").status_code == 403
    assert "Audit trail" not in client.get("/review").text
    assert fresh.client.get("/review/log").status_code == 200
    link = shown(client.get("/review").text)
    post(client, "/review/judge", link=link, decision="accept", sample="uncertain")
    assert "nothing to take back" in post(fresh.client, "/review/undo")  # an admin's own last is none


def test_two_at_the_same_time_see_different_links(fresh: Site) -> None:
    queue, seen = fresh.queue(), set()
    for name in ("u-1", "u-2", "u-4"):
        found = queue.next(Filter(), 0, (), name)
        assert found
        seen.add(found[0].link)
    assert len(seen) == 3
    link = next(iter(seen))
    other = signed_in(fresh.place, "reviewer", "Matti")
    post(other, "/review/judge", link=link, decision="accept", sample="uncertain")
    text = post(fresh.client, "/review/judge", link=link, decision="reject", sample="uncertain")
    assert "Meanwhile somebody had decided about it" in text
    text = post(fresh.client, "/review/judge", link=link, decision="accept", former="2")
    assert "Meanwhile" not in text


def test_a_release_of_an_older_program_is_told(fresh: Site) -> None:
    live = Releases(fresh.place.path).live()
    assert live is not None
    aside = live.path / "aside"
    (live.path / NAME).rename(aside)
    try:
        assert "has no queue" in fresh.client.get("/review").text
    finally:
        aside.rename(live.path / NAME)


# Decided links come back to be changed


def again(fresh: Site) -> None:
    for step in ("link", "derive", "check"):
        assert fresh.run(step).exit_code in (0, 3)
    assert fresh.run("publish", "--force").exit_code == 0


def test_a_link_that_stands_on_a_decision_alone_can_be_changed(fresh: Site) -> None:
    machine = S + "3a2d5b45-56e4-4f5a-a55a-4a4a65afdc43"
    link = next(item for item, _ in fresh.queue().mixed(Filter(), 50) if item.skill != machine)
    post(fresh.client, "/review/judge", link=link.link, decision="better", better=machine)
    again(fresh)
    own = link_key(link.subject, link.relation, machine)
    item = fresh.queue().get(own)
    assert item is not None
    assert item.inherited
    assert item.linker in ("review/1", link.linker)
    assert own not in {each.link for each, _ in fresh.queue().mixed(Filter(), 5000)}
    total, left = fresh.queue().count(Filter(subject=link.subject))
    assert total - left == 2
    text = fresh.client.get(f"/review?decided=yes&subject={link.subject}").text
    assert "2 links of this choice are decided" in text
    assert shown(text) == link.link  # what was said of the very link comes first
    assert "replaced by" in text
    text = post(fresh.client, "/review/pass", link=link.link, decided="yes", subject=link.subject)
    assert shown(text) == own
    assert "because of a decision on another link" in text
    text = post(
        fresh.client,
        "/review/judge",
        link=own,
        decision="reject",
        decided="yes",
        subject=link.subject,
    )
    assert told(text).startswith("Rejected: machine learning")
    assert shown(text) == link.link  # after the last one the others come again
    entry = review_store(fresh.place.path).current()[-1]
    if item.linker == "review/1":
        assert (entry.judged.linker, entry.judged.confidence) == ("", 0.0)
    again(fresh)
    assert fresh.statuses()[own] == ["rejected"]


def test_decided_links_are_not_open_ones(fresh: Site) -> None:
    assert (
        "No link of this choice is decided" in fresh.client.get("/review?decided=yes&language=xx").text
    )
    first = shown(fresh.client.get("/review").text)
    post(fresh.client, "/review/judge", link=first, decision="accept", sample="uncertain")
    text = fresh.client.get("/review?decided=yes").text
    assert shown(text) == first
    assert "This link was accepted." in text
    assert '<option value="yes" selected>' in text
    text = post(fresh.client, "/review/judge", link=first, decision="reject", decided="yes")
    assert [entry.decision for entry in review_store(fresh.place.path).current()] == ["reject"]
    assert shown(text)
    assert "links are open" not in text
    rows = rows_of(fresh.client.get("/review/export.csv?decided=yes").text)
    assert first not in {row["link"] for row in rows}


def test_admins_take_back_what_others_decided(fresh: Site) -> None:
    other = signed_in(fresh.place, "reviewer", "Matti")
    link = shown(other.get("/review").text)
    post(other, "/review/judge", link=link, decision="accept", sample="uncertain")
    store = review_store(fresh.place.path)
    number = store.current()[0].id
    address = f"/review/take-back?number={number}"
    assert f'href="{address}"' in fresh.client.get("/review/log").text
    page = fresh.client.get(address).text
    assert "Matti" in page
    assert 'value="Maija' not in page
    assert store.counts()["all"] == 1  # asking changes nothing
    for client, data, status in (
        (other, {"number": str(number), "csrf": token_of(other.get("/review").text)}, 403),
        (fresh.client, {"number": str(number)}, 400),
        (fresh.client, {"number": "99", "csrf": token_of(page)}, 404),
    ):
        assert client.post("/review/take-back", data=data).status_code == status
    assert other.get(address).status_code == 403
    assert store.counts() == {"accept": 1, "all": 1}
    text = post(fresh.client, "/review/take-back", number=str(number))
    assert 'role="status">Taken back: ' in text
    assert store.current() == []
    last = store.log()[0]
    assert (last.decision, last.undoes, last.reviewer.name) == ("undo", number, "Maija Metsä")
    assert f'href="{address}"' not in text
    data = {"number": str(number), "csrf": token_of(page)}
    assert fresh.client.post("/review/take-back", data=data).status_code == 404


def test_pages_of_things_lead_to_their_links(fresh: Site) -> None:
    item = next(item for item, _ in fresh.queue().mixed(Filter(kind="course"), 5))
    course = item.subject.replace("https://data.fitech.example/id", "/page")
    found = re.search(r'href="(/review\?subject=[^"]+)"', fresh.client.get(course).text)
    assert found
    assert f'data-link="{shown(fresh.client.get(found[1]).text)}"'
    total, _ = fresh.queue().count(Filter(subject=item.subject))
    assert f"of {total} links are open" in fresh.client.get(found[1]).text
    closed = create_app(fresh.place, workers=1)
    client = closed.test_client()
    client.environ_base["HTTP_ACCEPT"] = "text/html"
    assert "/review?subject=" not in client.get(course).text  # nobody can sign in there
    stranger = create_app(fresh.place, workers=1, sign_in=SignIn.for_development()).test_client()
    stranger.environ_base["HTTP_ACCEPT"] = "text/html"
    page = stranger.get(found[1]).text
    assert 'href="/sign-in?next=/review%3Fsubject%3D' in page  # and comes back to the choice


def test_every_feature_has_words(fresh: Site) -> None:
    from loaders.linking.features import DENSE_FEATURES, LEXICAL_FEATURES

    names = [*LEXICAL_FEATURES, *DENSE_FEATURES]
    app = create_app(fresh.place, workers=1)
    for language in ("en", "fi", "sv"):
        with app.test_request_context(headers={"Accept-Language": language}):
            words = spoke_words(names)
        assert not set(words) & set(names)
        assert len(words) > 8
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert spoke_words(["other_near_gap", "cross", "cross_sector", "brand_new"]) == [
            "the meaning",
            "how widely ESCO says that it is used",
            "brand_new",
        ]


def test_the_tally(fresh: Site) -> None:
    before = fresh.run("status").output
    _, left = fresh.queue().count(Filter())
    assert f"Review: {left:,} links open, 0 decided" in before
    link = shown(fresh.client.get("/review").text)
    post(fresh.client, "/review/judge", link=link, decision="accept", sample="uncertain")
    found = json.loads(fresh.run("status", "--format", "json").output)["review"]
    assert (found["open"], found["decided"], found["judgements"]) == (left - 1, 1, 1)
    assert found["retrained"] == []


# Precision and learning


def test_precision_by_band(store: ReviewStore, fresh: Site) -> None:
    for number in range(10):
        store.judge(judged(str(number), confidence=0.85), "accept" if number else "reject", MAIJA)
    store.judge(judged("x", confidence=1.0), "accept", MAIJA)
    rows = bands(store.current())
    band = next(row for row in rows if row.low == 0.8)
    assert (band.right, band.judged, band.precision) == (9, 10, 0.9)
    assert band.interval == pytest.approx((0.5958, 0.9821), abs=1e-3)
    assert rows[-2].judged == 1
    assert (rows[-1].right, rows[-1].judged) == (10, 11)
    assert wilson(0, 5)[0] == 0.0
    shutil.copy(store.path, fresh.place.path / "review.sqlite")
    text = fresh.client.get("/review/precision?language=en").text
    assert "exact/1 · en" in text
    assert re.search(r'<meter min="0" max="1" value="0.9"', text)
    assert "Nobody has judged" in fresh.client.get("/review/precision?language=sv").text


def test_judgements_to_learn_from(tmp_path: Path) -> None:
    place = Workspace(tmp_path)
    store = review_store(tmp_path)
    store.judge(judged(), "better", MAIJA, S + "two")
    store.judge(judged("three", sentence="Other words."), "accept", MAIJA)
    store.judge(judged("four", sentence=""), "accept", MAIJA)
    (tmp_path / "esco-mapping.jsonl").write_text(
        Fate(S + "two", "renamed", (S + "new",), 0.9, "ESCO").to_line(), encoding="utf-8"
    )
    found = list(judgements(place))
    assert [(one.skill.removeprefix(S), one.right) for one in found] == [
        ("one", False), ("new", True), ("three", True),
    ]  # fmt: skip
    assert found[0].held_out == found[1].held_out == is_held_out(" plan  the WORK.")
    share = sum(is_held_out(f"Sentence number {n}") for n in range(2000)) / 2000
    assert 0.17 < share < 0.23


def test_marks_follow_the_label_where_the_evidence_is_the_sentence() -> None:
    text = "Kurssi alkaa. Opiskelija osaa koneoppimisen menetelmiä. Loppu."
    start = text.index("Opiskelija")
    whole = Evidence("outcomes", "fi", start, start + 41, text[start : start + 41], "koneoppiminen")
    passage = passage_of(whole, [text])
    assert [part for part, marked in passage.segments if marked] == ["koneoppimisen"]
    words = Evidence("outcomes", "fi", start + 16, start + 29, "koneoppimisen", "koneoppiminen")
    assert [part for part, marked in passage_of(words, [text]).segments if marked] == ["koneoppimisen"]
    assert passage_of(words, ["another text"]).text == "koneoppimisen"


# The spreadsheet


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def table_of(rows: list[dict[str, str]], delimiter: str = ",") -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0], delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def test_a_spreadsheet_goes_out_and_comes_back(fresh: Site, tmp_path: Path) -> None:
    file = tmp_path / "links.csv"
    result = fresh.run("review", "export", str(file), "--limit", "12", "--language", "en")
    assert result.exit_code == 0, result.output
    assert "Wrote 12 links" in result.output
    rows = rows_of(file.read_text(encoding="utf-8"))
    assert {row["language"] for row in rows} == {"en"}
    rows[0]["decision"] = "accept"
    rows[1]["decision"] = "Reject"
    rows[2] |= {"decision": "better", "better_skill": "Machine Learning"}
    rows[3]["decision"] = "perhaps"
    rows[4] |= {"decision": "better", "better_skill": "no such skill"}
    rows[5] |= {"decision": "accept", "better_skill": rows[0]["skill"]}
    rows[6] |= {"decision": "accept", "link": "gone"}
    rows[7]["decision"] = "undo"
    rows[8]["decision"] = "better"
    file.write_bytes(table_of(rows, ";"))  # as a Finnish spreadsheet writes it
    command = ["review", "import", str(file), "--reviewer", "Matti"]
    dry = fresh.run(*command, "--dry-run")
    assert review_store(fresh.place.path).counts() == {"all": 0}
    result = fresh.run(*command)
    assert result.exit_code == dry.exit_code == 1
    assert (
        "12 rows: 3 decisions taken, 0 in force already, 3 without a decision, 6 with a fault."
        in result.output
    )
    for words in ("Row 5: the decision 'perhaps'", "Row 6: no skill has the name", "Row 7: a better skill is given",
                  "Row 8: there is no link 'gone'", "Row 9: there is no decision to take back",
                  "Row 10: the decision is better, but"):  # fmt: skip
        assert words in result.output
    current = review_store(fresh.place.path).current()
    assert [entry.decision for entry in current] == ["accept", "reject", "better"]
    assert current[2].better == S + "3a2d5b45-56e4-4f5a-a55a-4a4a65afdc43"
    assert current[0].judged.sentence == rows[0]["sentence"].removeprefix("'")
    assert {entry.reviewer.subject for entry in current} == {"table:Matti"}
    text = fresh.client.get("/review/export.csv?state=decided&language=en").text
    again = rows_of(text)
    assert [row["decision"] for row in again] == ["accept", "reject", "better"]
    data = {
        "csrf": token_of(fresh.client.get("/review").text),
        "file": (io.BytesIO(table_of(again)), "x.csv"),
    }
    page = fresh.client.post("/review/import", data=data)
    assert "3 rows: 0 decisions taken, 3 in force already" in page.text
    again[0]["decision"] = "undo"
    file.write_bytes(table_of(again[:1]))
    assert fresh.run(*command).exit_code == 0
    assert len(review_store(fresh.place.path).current()) == 2
    assert len(rows_of(fresh.client.get("/review/export.csv?state=all&limit=5").text)) == 7


@pytest.mark.parametrize(
    ("data", "message"),
    [(b"a,b\n1,2\n", "lacks the column link and decision"), (b"link,decision\nx,\xff\n", "not in UTF-8"), (b"", "lacks the column")],
)  # fmt: skip
def test_a_file_that_is_no_table_is_told(
    fresh: Site, tmp_path: Path, data: bytes, message: str
) -> None:
    file = tmp_path / "bad.csv"
    file.write_bytes(data)
    result = fresh.run("review", "import", str(file), "--reviewer", "Matti")
    assert result.exit_code == 1
    assert message in result.output


def test_a_text_is_never_a_formula(fresh: Site) -> None:
    store = review_store(fresh.place.path)
    store.judge(judged(sentence='=HYPERLINK("x")'), "accept", MAIJA)
    assert rows_of(fresh.client.get("/review/export.csv?state=decided").text)[0]["sentence"].startswith(
        "'="
    )


def test_the_trail_and_forgetting_on_the_command_line(fresh: Site) -> None:
    review_store(fresh.place.path).judge(judged(), "accept", MAIJA)
    lines = fresh.run("review", "log").output.splitlines()
    assert json.loads(lines[0])["reviewer"]["name"] == "Maija Metsä"
    assert "forgotten" in fresh.run("review", "forget", "u-1").output
    assert fresh.run("review", "forget", "u-1").exit_code == 1
    assert "Maija" not in fresh.run("review", "log").output
    assert "Maija" not in fresh.client.get("/review/log").text.split("<table>")[1]
