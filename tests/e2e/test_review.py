"""The review in a real browser, by keyboard alone: accessible, quiet, usable on a phone."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from app.review.store import ReviewStore, review_store
from app.workspace import Workspace
from tests.e2e.conftest import Watched

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def place(sample_place: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    target = tmp_path_factory.mktemp("review") / "data"
    shutil.copytree(sample_place.path, target, symlinks=True)
    return Workspace(target)


@contextmanager
def serving(place: Path, *options: str) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "app.cli",
        "--data-dir",
        str(place),
        "serve",
        "--port",
        str(port),
        *options,
    ]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    home = f"http://127.0.0.1:{port}"
    for _ in range(400):
        try:
            urllib.request.urlopen(f"{home}/help").close()
            break
        except OSError:
            time.sleep(0.05)
    try:
        yield home
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(scope="module")
def home(place: Workspace) -> Iterator[str]:
    with serving(place.path, "--dev-sign-in") as address:
        yield address


@pytest.fixture
def judgements(place: Workspace) -> ReviewStore:
    for path in place.path.glob("review.sqlite*"):
        path.unlink()
    return review_store(place.path)


@pytest.fixture
def desk(browser: Browser, home: str, judgements: ReviewStore) -> Iterator[Watched]:
    """Somebody who signed in by keyboard."""
    context = browser.new_context(locale="en-GB")
    made = Watched(context, home)
    page = made.go("/sign-in")
    page.get_by_label("Name").focus()
    page.keyboard.type("Maija Metsä")
    page.keyboard.press("Tab")
    page.keyboard.type("admin")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Signed in as Maija Metsä (admin).")).to_be_visible()
    page.wait_for_load_state("load")
    yield made
    context.close()
    assert made.complaints == []


def link_of(page: Page) -> str:
    return page.locator("#item").get_attribute("data-link") or ""


def press(page: Page, key: str, said: str) -> str:
    """Press a key; what was done is said, and the next link has the focus."""
    before = link_of(page)
    page.keyboard.press(key)
    expect(page.locator("#item")).not_to_have_attribute("data-link", before)
    expect(page.locator("#done")).to_contain_text(said)
    expect(page.locator("#item")).to_be_focused()
    return link_of(page)


def test_twenty_links_by_keyboard_alone(desk: Watched, judgements: ReviewStore) -> None:
    page = desk.page
    seen = [link_of(page)]
    for number in range(20):
        key, said = (("a", "Accepted:"), ("r", "Rejected:"))[number % 2]
        seen.append(press(page, key, said))
        expect(page.locator("#done")).to_contain_text(said)
    assert len(set(seen)) == 21
    current = judgements.current()
    assert [entry.judged.link for entry in current] == seen[:20]
    assert [entry.decision for entry in current] == ["accept", "reject"] * 10
    assert [entry.judged.sample for entry in current].count("random") == 4
    assert {entry.reviewer.name for entry in current} == {"Maija Metsä"}


def test_a_better_skill_next_and_undo(desk: Watched, judgements: ReviewStore) -> None:
    page = desk.page
    first = link_of(page)
    second = press(page, "s", "Passed over.")
    assert second != first
    third = press(page, "ArrowRight", "Passed over.")
    page.keyboard.press("b")
    box = page.get_by_role("combobox", name="Better skill")
    expect(box).to_be_focused()
    page.keyboard.type("machine lear", delay=20)  # letters that are keys elsewhere do nothing here
    expect(page.get_by_role("option", name="machine learning").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#better .chip")).to_contain_text("machine learning")
    assert judgements.counts() == {"all": 0}
    fourth = press(page, "Enter", "machine learning instead of")
    (entry,) = judgements.current()
    assert (entry.decision, entry.judged.link) == ("better", third)
    assert entry.better == "http://data.europa.eu/esco/skill/3a2d5b45-56e4-4f5a-a55a-4a4a65afdc43"
    assert press(page, "u", "Taken back") == third
    assert judgements.current() == []
    assert press(page, "a", "Accepted:") != third
    assert fourth
    page.keyboard.press("b")
    page.keyboard.press("Escape")
    expect(page.locator("#item")).to_be_focused()


def test_a_better_skill_must_be_chosen(desk: Watched, judgements: ReviewStore) -> None:
    page = desk.page
    first = link_of(page)
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    expect(page.locator("#done")).to_contain_text("Which skill is better?")
    assert link_of(page) == first
    assert judgements.counts() == {"all": 0}
    desk.complaints = [
        text for text in desk.complaints if "400" not in text
    ]  # the browser tells it, too


def test_help_and_single_keys_can_be_switched_off(desk: Watched, judgements: ReviewStore) -> None:
    page = desk.page
    page.keyboard.press("?")
    expect(page.get_by_text("back from the box to the link")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Single keys do something")).to_be_focused()
    page.keyboard.press("Space")
    page.reload()
    before = link_of(page)
    page.keyboard.press("a")
    page.wait_for_timeout(300)
    assert link_of(page) == before
    assert judgements.counts() == {"all": 0}
    page.get_by_role("button", name="Accept").focus()  # buttons still work
    page.keyboard.press("Enter")
    expect(page.locator("#done")).to_contain_text("Accepted:")


def test_filters_stay_while_one_judges(desk: Watched, judgements: ReviewStore) -> None:
    page = desk.go("/review?language=fi&relation=teaches")
    for _ in range(3):
        press(page, "a", "Accepted:")
    assert {(e.judged.language, e.judged.relation) for e in judgements.current()} == {("fi", "teaches")}
    assert page.locator("#f-language").input_value() == "fi"


def test_decisions_are_changed_and_taken_back_by_keyboard(
    desk: Watched, judgements: ReviewStore
) -> None:
    first = link_of(desk.page)
    second = press(desk.page, "a", "Accepted:")
    press(desk.page, "r", "Rejected:")
    page = desk.go("/review?decided=yes")
    assert link_of(page) == second  # the newest decision first
    assert press(page, "s", "Passed over.") == first
    assert press(page, "r", "Rejected:") == second  # after the last one the others come again
    assert [entry.decision for entry in judgements.current()] == ["reject", "reject"]
    desk.go("/review/log")
    page.get_by_role("link", name="Take back number 3").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Take back a judgement")).to_be_visible()
    page.get_by_role("button", name="Take it back").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".done")).to_contain_text("Taken back:")
    assert [entry.decision for entry in judgements.current()] == ["accept", "reject"]


@pytest.mark.parametrize(
    "path",
    ["/review", "/review?decided=yes", "/review/precision", "/review/log", "/review/take-back?number=1", "/sign-in"],
)  # fmt: skip
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_accessible_and_fit_a_phone(desk: Watched, path: str, scheme: str) -> None:
    press(desk.page, "a", "Accepted:")
    press(desk.page, "r", "Rejected:")
    desk.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page = desk.go(path)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_closed_page_is_accessible(watched: Watched) -> None:
    found = Axe().run(watched.go("/review"))
    assert found.violations_count == 0, found.generate_report()


def test_without_scripts_it_is_a_form(browser: Browser, home: str, judgements: ReviewStore) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(f"{home}/sign-in")
    page.get_by_label("Name").fill("Matti")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Accept").click()
    expect(page.locator("#done")).to_contain_text("Accepted:")
    page.get_by_label("Find a skill by name").fill("machine lear")
    page.locator("noscript, #review").get_by_role("button", name="Search").first.click()
    page.get_by_role("radio", name="machine learning").first.check()
    page.get_by_role("button", name="This skill is better").click()
    expect(page.locator("#done")).to_contain_text("machine learning instead of")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#done")).to_contain_text("Taken back")
    assert [entry.decision for entry in judgements.current()] == ["accept"]
    context.close()
