"""Every kind of page on the sample, in three languages, and links between them."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient

from queries.library import AUDIENCES, load_library

SKILL = "http://data.europa.eu/esco/skill/3a2d5b45-56e4-4f5a-a55a-4a4a65afdc43"
SKILL_PAGE = SKILL.replace("http://data.europa.eu", "")
OCCUPATION_PAGE = "/esco/occupation/258e46f9-0075-4a2e-adae-1ff0477e0f30"
QUESTIONS = [(a, name) for a in AUDIENCES for name in load_library().names(a)]


class Links(HTMLParser):
    """Collects where a page's links lead, and whether its tags close."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.hrefs: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hrefs += [value for name, value in attrs if tag == "a" and name == "href" and value]


def page(client: FlaskClient, path: str, language: str = "en") -> str:
    answer = client.get(path, headers={"Accept": "text/html", "Accept-Language": language})
    assert answer.status_code == 200, (path, answer.status_code, answer.text[:300])
    assert answer.mimetype == "text/html"
    assert f'<html lang="{language}">' in answer.text
    return answer.text


def first(client: FlaskClient, text: str, start: str) -> str:
    found = [href for href in Links(text).hrefs if href.startswith(start)]
    assert found, f"no link to {start}"
    return found[0]


PLAIN = ["/", "/search?q=data", "/expertise/", "/planning/", "/learning/", "/learning/pathway", "/sparql",
         "/about", "/help", "/ontology", SKILL_PAGE, OCCUPATION_PAGE, "/page/organisation/aalto",
         "/page/graph/source/aalto", "/esco/isced-f/061", "/page/course/tampere/DATA.STUD.915",
         "/page/course/aalto/CS-C9950", "/page/advert/sample/advert-1", "/quality", "/quality/opintopolku",
         "/quality/identity", "/review", "/review/precision", "/page/output/doi-10.5555/sample.2025.036"]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "fi", "sv"])
@pytest.mark.parametrize("path", PLAIN)
def test_pages_in_three_languages(client: FlaskClient, path: str, language: str) -> None:
    text = page(client, path, language)
    assert "<h1>" in text
    assert not re.search(r"%\(\w+\)s|None</|undefined|Undefined", text)


@pytest.mark.parametrize(("audience", "name"), QUESTIONS)
def test_every_question_has_a_form_that_explains_itself(
    client: FlaskClient, audience: str, name: str
) -> None:
    for language in ("en", "fi", "sv"):
        text = page(client, f"/{audience}/{name}", language)
        assert load_library().get(name).title[language] in text.replace("&#39;", "'")


@pytest.mark.parametrize(
    ("audience", "name"), [q for q in QUESTIONS if load_library().get(q[1]).example]
)
def test_examples_are_answered_as_page_csv_and_json(
    client: FlaskClient, audience: str, name: str
) -> None:
    example = {key: list(values) for key, values in load_library().get(name).example.items()}
    answer = client.get(f"/{audience}/{name}", query_string=example, headers={"Accept": "text/html"})
    assert "<table>" in answer.text
    rows = client.get(f"/{audience}/{name}", query_string={**example, "format": "json"}).get_json()[
        "rows"
    ]
    assert rows
    csv = client.get(f"/{audience}/{name}", query_string={**example, "format": "csv"})
    assert csv.mimetype == "text/csv"
    assert csv.text.count("\n") >= len(rows) + 1


def test_one_can_walk_from_a_skill_to_everything_and_back(client: FlaskClient) -> None:
    skill = page(client, SKILL_PAGE)
    course = page(client, first(client, skill, "/page/course/"))
    assert SKILL_PAGE in course or "/esco/skill/" in course
    person = page(client, first(client, skill, "/page/person/"))
    output = page(client, first(client, person, "/page/output/"))
    assert "/page/person/" in output
    assert "/esco/skill/" in output
    page(client, first(client, course, "/page/organisation/"))
    occupation = page(client, first(client, skill, "/esco/occupation/"))
    assert SKILL_PAGE in occupation
    page(client, first(client, occupation, "/learning/pathway?occupation="))
    organisation = page(client, first(client, person, "/page/organisation/"))
    assert "/page/person/" in organisation
    link = page(client, first(client, course, "/page/link/"))
    assert "/page/graph/links/exact" in link
    assert "/page/graph/source/" in page(client, "/about")


def test_a_course_shows_the_words_that_led_to_a_skill(client: FlaskClient) -> None:
    course = page(client, first(client, page(client, SKILL_PAGE), "/page/course/"))
    assert re.search(r"<q lang=.*?>.+?</q> \((title|learning outcomes|content)\)", course)


def test_a_course_shows_its_outcomes_in_order_and_how_it_is_held(client: FlaskClient) -> None:
    text = page(client, "/page/course/aalto/CS-C9950")
    begins = ("The student can describe", "The student can identify", "The student understands")
    places = [text.index(words) for words in begins]
    assert places == sorted(places)
    held = re.split(r"</?table>", text)[1]
    assert re.search(r"Online.*Open to continuous learners.*Espoo.*free", held, re.DOTALL)


def test_a_module_leads_to_its_courses(client: FlaskClient) -> None:
    text = page(client, "/page/course/tampere/DATA.STUD.915")
    assert '<p class="kind">Module</p>' in text
    for code in ("DATA.STAT.901", "DATA.ML.910", "DATA.ML.930"):
        assert f"/page/course/tampere/{code}" in Links(text).hrefs


def test_an_advert_tells_stated_and_found_skills_once_each(client: FlaskClient) -> None:
    text = page(client, "/page/advert/sample/advert-1")
    assert Links(text).hrefs.count(SKILL_PAGE) == 1
    assert "stated by the source" in text
    assert "koneoppimista</q>" in text


def test_an_old_address_leads_to_the_one_in_use(client: FlaskClient) -> None:
    for old, new in (
        ("person/openalex-A9900000014", "person/orcid-0000-0009-9900-0014"),
        ("output/virta-9900131", "output/openalex-W9900000031"),
    ):
        answer = client.get(f"/page/{old}", headers={"Accept": "text/html"})
        assert (answer.status_code, answer.headers["Location"]) == (301, f"/page/{new}")
        assert "isReplacedBy" in client.get(f"/data/{old}.ttl").text


def test_a_pathway_as_page_and_json(client: FlaskClient) -> None:
    query = {"occupation": "http://data.europa.eu" + OCCUPATION_PAGE}
    text = client.get("/learning/pathway", query_string=query, headers={"Accept": "text/html"}).text
    assert '<ol class="pathway">' in text
    data = client.get("/learning/pathway", query_string={**query, "format": "json"}).get_json()
    assert data["steps"]
    assert data["credits"] > 0
    known = client.get(
        "/learning/pathway",
        query_string={**query, "known": [s["iri"] for s in data["targets"]], "format": "json"},
    ).get_json()
    assert known["targets"] == []


def test_search_completes_what_is_typed(client: FlaskClient) -> None:
    hits = client.get("/api/search?q=koneoppi&kind=skill").get_json()["hits"]
    assert hits[0]["iri"] == SKILL or "machine learning" in hits[0]["label"]
    assert client.get("/api/search?q=").get_json()["hits"] == []


def test_empty_states_say_what_to_do(client: FlaskClient) -> None:
    assert "Nothing was found" in page(client, "/search?q=zzzzqqqq")
    text = page(client, f"/learning/courses-teaching-skill?skill={SKILL}x")
    assert "Nothing in the graph answers this" in text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nowhere", 404),
        ("/page/course/aalto/NONE", 404),
        ("/esco/skill/none", 404),
        ("/data/course/aalto/NONE.ttl", 404),
        ("/learning/experts-on-skill", 404),
        ("/language/de", 404),
    ],
)
def test_what_is_not_there_is_not_found(client: FlaskClient, path: str, status: int) -> None:
    answer = client.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == status
    assert "<h1>" in answer.text


def test_a_wrong_value_is_told_on_the_form_and_as_json(client: FlaskClient) -> None:
    path = "/expertise/experts-on-skill?skill=nonsense"
    assert "skill cannot be" in page(client, path)
    answer = client.get(f"{path}&format=json")
    assert answer.status_code == 400
    assert "skill cannot be" in answer.get_json()["error"]["message"]
    missing = client.get("/expertise/experts-on-skill?format=json")
    assert missing.status_code == 400


def test_before_the_first_release_pages_say_how_to_build_one(empty_client: FlaskClient) -> None:
    answer = empty_client.get("/", headers={"Accept": "text/html"})
    assert answer.status_code == 503
    assert "fitech build" in answer.text
    assert empty_client.get("/help").status_code == 200
    assert empty_client.get("/api/status").status_code == 503


def test_the_language_is_remembered_and_leads_nowhere_else(client: FlaskClient) -> None:
    answer = client.get("/language/fi?next=/help")
    assert answer.headers["Location"] == "/help"
    assert '<html lang="fi">' in client.get("/help").text
    for bad in ("https://evil.example/", "//evil.example/", "/\\evil.example"):
        assert client.get("/language/sv", query_string={"next": bad}).headers["Location"] == "/"


def test_answers_forbid_what_pages_do_not_need(client: FlaskClient) -> None:
    headers = client.get("/help").headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_what_people_typed_is_never_markup(client: FlaskClient) -> None:
    text = page(client, "/search?q=%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>alert" not in text
