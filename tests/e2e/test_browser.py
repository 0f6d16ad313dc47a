"""The main pages in a real browser: accessible, quiet, usable by keyboard and on a phone."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SKILL = "/esco/skill/3a2d5b45-56e4-4f5a-a55a-4a4a65afdc43"
OCCUPATION = "/esco/occupation/258e46f9-0075-4a2e-adae-1ff0477e0f30"
PATHWAY = f"/learning/pathway?occupation=http://data.europa.eu{OCCUPATION}"
MODULE = "/page/course/tampere/DATA.STUD.915"
ADVERT = "/page/advert/sample/advert-1"
PAGES = ["/", "/search?q=data", "/expertise/", "/planning/skills-in-demand-without-course?ask=1",
         "/learning/courses-teaching-skill?skill=http://data.europa.eu" + SKILL, PATHWAY,
         SKILL, OCCUPATION, "/page/organisation/tampere", "/sparql", "/about", "/help", "/ontology",
         MODULE, "/page/course/aalto/CS-C9950", ADVERT, "/page/output/doi-10.5555/sample.2025.036",
         "/quality", "/quality/opintopolku", "/quality/identity"]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_pages_have_no_accessibility_fault_and_no_console_error(watched, path: str) -> None:  # type: ignore[no-untyped-def]
    page = watched.go(path)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("kind", ["course", "person", "output"])
def test_pages_of_things_reached_by_links_are_good_too(watched, kind: str) -> None:  # type: ignore[no-untyped-def]
    page = watched.go(SKILL)
    page.locator(f"main a[href^='/page/{kind}/']").first.click()
    expect(page.locator("h1")).to_be_visible()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize(
    "path", ["/", SKILL, PATHWAY, "/about", "/sparql", MODULE, ADVERT, "/quality/identity"]
)
def test_a_phone_shows_pages_without_scrolling_sideways(watched, path: str) -> None:  # type: ignore[no-untyped-def]
    watched.page.set_viewport_size({"width": 360, "height": 740})
    page = watched.go(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_dark_pages_keep_their_contrast(watched) -> None:  # type: ignore[no-untyped-def]
    watched.page.emulate_media(color_scheme="dark")
    found = Axe().run(watched.go(SKILL))
    assert found.violations_count == 0, found.generate_report()


def test_search_from_the_first_page_by_keyboard(watched) -> None:  # type: ignore[no-untyped-def]
    page = watched.go("/")
    page.keyboard.type("machine learning")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Skills")).to_be_visible()
    page.get_by_role("link", name="machine learning", exact=True).first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("machine learning")


def test_a_question_is_asked_by_keyboard_alone(watched) -> None:  # type: ignore[no-untyped-def]
    page = watched.go("/expertise/experts-on-skill")
    box = page.get_by_role("combobox", name="Skill")
    box.focus()
    page.keyboard.type("machine lear", delay=20)
    expect(page.get_by_role("option", name="machine learning").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "list-1-0")
    page.keyboard.press("Enter")
    expect(page.locator(".chip").first).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Ask").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Answer")).to_be_visible()
    expect(page.locator("tbody tr").first).to_be_visible()


def test_a_pathway_is_planned_from_what_one_types(watched) -> None:  # type: ignore[no-untyped-def]
    page = watched.go("/learning/pathway")
    page.get_by_role("combobox", name="Occupation to reach").fill("data scien")
    page.get_by_role("option", name="data scientist").first.click()
    page.get_by_role("button", name="Plan").click()
    expect(page.locator("ol.pathway li").first).to_be_visible()


def test_the_language_is_switched_and_stays(watched) -> None:  # type: ignore[no-untyped-def]
    page = watched.go(SKILL)
    page.locator(".languages a[lang=fi]").click()
    expect(page.locator("h1")).to_have_text("koneoppiminen")
    assert page.evaluate("document.documentElement.lang") == "fi"
    watched.go("/planning/")
    expect(page.locator("h1")).to_have_text("Suunnittelu")


def test_an_example_fills_the_sparql_box_and_runs(watched) -> None:  # type: ignore[no-untyped-def]
    page = watched.go("/sparql")
    page.get_by_label("Examples").select_option(label="Experts on a skill")
    assert "expertiseIn" in page.locator("#query").input_value()
    page.get_by_role("button", name="Run").click()
    expect(page.locator("tbody tr").first).to_be_visible()


def test_the_first_tab_offers_to_skip_to_the_content(watched) -> None:  # type: ignore[no-untyped-def]
    page = watched.go("/help")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()


def test_without_scripts_a_question_can_still_be_asked(browser, server: str) -> None:  # type: ignore[no-untyped-def]
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server}/expertise/experts-on-skill")
    page.locator("noscript input[name=skill], input[name=skill]").first.fill(
        "http://data.europa.eu" + SKILL
    )
    page.get_by_role("button", name="Ask").click()
    assert page.locator("tbody tr").count() >= 1
    context.close()
