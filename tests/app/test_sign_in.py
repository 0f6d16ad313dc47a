"""Signing in against a provider over real sockets, roles, CSRF, and what is refused."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from click.testing import CliRunner
from werkzeug.serving import make_server

from app.cli import main
from app.factory import create_app
from app.review.settings import RolesError, SignIn, read_roles, role_in_claims
from app.workspace import Workspace
from tests.app.oidc_provider import CLIENT, SECRET, Provider

KEY = "k" * 64


@pytest.fixture(scope="module")
def own_place(sample_place: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A copy of the sample's live release, with judgements of its own."""
    return copy_of(sample_place, tmp_path_factory.mktemp("review") / "data")


def copy_of(place: Workspace, target: Path) -> Workspace:
    shutil.copytree(place.path, target, symlinks=True)
    return Workspace(target)


class Site:
    """The application on a port of its own, with a provider."""

    def __init__(self, place: Workspace, **settings: str) -> None:
        self.provider = Provider()
        self.place = place
        environment = {
            "FITECH_OIDC_ISSUER": self.provider.issuer,
            "FITECH_OIDC_CLIENT_ID": CLIENT,
            "FITECH_OIDC_CLIENT_SECRET": SECRET,
            "FITECH_SECRET_KEY": KEY,
            "FITECH_OIDC_ROLE_CLAIM": "roles",
        }
        sign_in = SignIn.from_environment(environment | settings)
        assert sign_in.ready, sign_in.missing()
        self._server = make_server(
            "127.0.0.1", 0, create_app(place, workers=1, sign_in=sign_in), threaded=True
        )
        self.home = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self.provider.close()

    def client(self, *, follow: bool = True) -> httpx2.Client:
        return httpx2.Client(
            base_url=self.home,
            follow_redirects=follow,
            trust_env=False,
            headers={"Accept": "text/html"},
        )


@pytest.fixture
def site(own_place: Workspace) -> Iterator[Site]:
    made = Site(own_place)
    yield made
    made.close()
    (own_place.path / "roles.toml").unlink(missing_ok=True)


def token_of(text: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', text)
    assert found, text[:2000]
    return found[1]


def test_a_reviewer_signs_in_and_out(site: Site) -> None:
    site.provider.person = {"sub": "u-1", "name": "Maija Metsä", "roles": ["reviewer"]}
    with site.client() as client:
        assert "Sign in</a>" in client.get("/review").text
        page = client.get("/sign-in?next=/review")
        assert page.status_code == 200
        assert page.url.path == "/review"
        assert "Signed in as Maija Metsä (reviewer)" in page.text
        asked = site.provider.asked[-1]
        assert {"state", "nonce", "code_challenge"} <= set(asked)
        assert asked["scope"] == "openid profile"
        assert client.get("/review/log").status_code == 403
        out = client.post("/sign-out", data={"csrf": token_of(page.text)})
        assert out.url.path == "/review"
        assert "Sign in</a>" in client.get("/review").text


def test_the_cookie_is_for_http_only_and_secure_under_https(site: Site, own_place: Workspace) -> None:
    with site.client(follow=False) as client:
        cookie = client.get("/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    behind = Site(own_place, FITECH_PUBLIC_URL="https://graph.example.org/")
    try:
        with behind.client(follow=False) as client:
            answer = client.get("/sign-in")
        assert "Secure" in answer.headers["Set-Cookie"]
        assert (
            "redirect_uri=https%3A%2F%2Fgraph.example.org%2Fsign-in%2Fdone"
            in answer.headers["Location"]
        )
    finally:
        behind.close()


def test_roles_come_from_userinfo_and_from_the_file(site: Site) -> None:
    site.provider.person = {"sub": "u-2"}
    with site.client() as client:
        page = client.get("/sign-in").text
        assert "You have no role yet" in page
        assert 'reviewer = ["u-2"]' in page
        assert client.post("/review/judge", data={"csrf": "x"}).status_code == 400
        roles = site.place.path / "roles.toml"
        roles.write_text('admin = ["u-2"]\n', encoding="utf-8")
        assert "(admin)" in client.get("/review").text
        assert client.get("/review/log").status_code == 200
        roles.write_text('admin = "u-2"\n', encoding="utf-8")
        assert "must be a list" in client.get("/review").text
        assert client.get("/review/log").status_code == 403
        roles.unlink()
        assert client.get("/review/log").status_code == 403
    site.provider.more = {"name": "Only There", "roles": "fitech-reviewer other"}
    with site.client() as client:
        assert "Signed in as Only There (reviewer)" in client.get("/sign-in").text


@pytest.mark.parametrize(
    "spoil",
    [{"iss": "http://evil.example"}, {"aud": "another"}, {"nonce": "old"}, {"exp": 1000}, {"sub": ""}],
)
def test_a_wrong_identity_token_lets_nobody_in(site: Site, spoil: dict[str, object]) -> None:
    site.provider.spoil = spoil
    with site.client() as client:
        page = client.get("/sign-in")
        assert page.status_code == 400
        assert "The sign-in did not work" in page.text
        assert "Sign in</a>" in client.get("/review").text


def test_a_token_that_another_signed_lets_nobody_in(site: Site) -> None:
    site.provider.wrong_key = True
    with site.client() as client:
        assert client.get("/sign-in").status_code == 400


def test_a_state_that_this_browser_did_not_begin_is_refused(site: Site) -> None:
    with site.client(follow=False) as victim, site.client(follow=False) as attacker:
        begun = attacker.get("/sign-in").headers["Location"]
        done = attacker.get(begun).headers["Location"]
        assert victim.get(done).status_code == 400
        assert attacker.get(done).status_code == 302
        assert attacker.get(done).status_code == 400  # a code and a state count once
        assert victim.get("/sign-in/done?error=access_denied&state=x").status_code == 400


def test_a_provider_that_is_away_or_names_another_issuer_is_told(site: Site) -> None:
    site.provider.named = "https://evil.example"
    with site.client() as client:
        assert client.get("/sign-in").status_code == 502
    site.provider.close()
    with site.client() as client:
        answer = client.get("/sign-in")
        assert answer.status_code == 502
        assert "identity provider" in answer.text
    site.provider = Provider()  # for close()


def test_changes_need_the_token_of_the_session(site: Site) -> None:
    site.provider.person = {"sub": "u-1", "name": "Maija", "roles": ["admin"]}
    with site.client() as client:
        page = client.get("/sign-in").text
        link = re.search(r'data-link="(\w+)"', page)[1]  # type: ignore[index]
        for path in ("/review/judge", "/review/pass", "/review/undo", "/review/import", "/sign-out"):
            for data in ({}, {"csrf": "wrong"}, {"csrf": ""}):
                answer = client.post(path, data={"link": link, "decision": "accept", **data})
                assert answer.status_code == 400, path
                assert "came from elsewhere" in answer.text
        assert client.get("/review/judge").status_code == 405
        ok = client.post(
            "/review/judge", data={"link": link, "decision": "accept", "csrf": token_of(page)}
        )
        assert ok.status_code == 200
        assert "Accepted:" in ok.text
        with site.client() as other:
            refused = other.post(
                "/review/judge", data={"link": link, "decision": "accept", "csrf": token_of(page)}
            )
            assert refused.status_code == 400
    assert client.is_closed


def test_nothing_leads_elsewhere_after_sign_in(site: Site) -> None:
    with site.client() as client:
        assert client.get("/sign-in?next=https://evil.example/").url.path == "/"
        assert client.get("/sign-in?next=//evil.example/").url.path == "/"


def test_without_settings_the_site_is_read_only(own_place: Workspace) -> None:
    client = create_app(own_place, workers=1, sign_in=SignIn()).test_client()
    page = client.get("/review", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "FITECH_OIDC_ISSUER is not set." in page.text
    assert "Set-Cookie" not in page.headers
    for path in ("/review/judge", "/review/undo", "/sign-in", "/sign-out"):
        assert client.post(path, data={"csrf": ""}).status_code == 404
    assert client.get("/sign-in").status_code == 404
    assert client.get("/review/log").status_code == 401
    assert client.get("/review/export.csv").status_code == 401
    assert client.get("/review/precision").status_code == 200


def test_settings_that_are_not_safe_are_told() -> None:
    made = SignIn(issuer="http://id.example.org", client_id="a", client_secret="b", secret_key="short")
    assert [sentence.split()[0] for sentence in made.missing()] == [
        "FITECH_OIDC_ISSUER",
        "FITECH_SECRET_KEY",
    ]
    assert SignIn.for_development().ready


def test_the_development_sign_in_is_for_this_machine_only(own_place: Workspace) -> None:
    client = create_app(own_place, workers=1, sign_in=SignIn.for_development()).test_client()
    page = client.get("/sign-in")
    assert "Never use it elsewhere" in page.text
    data = {"csrf": token_of(page.text), "name": "Matti", "role": "reviewer"}
    away = {"REMOTE_ADDR": "192.0.2.7"}
    assert client.post("/sign-in", data=data, environ_base=away).status_code == 403
    assert client.get("/sign-in", base_url="http://evil.example").status_code == 403
    assert client.post("/sign-in", data={**data, "role": "king"}).status_code == 400
    assert client.post("/sign-in", data=data).status_code == 302
    assert "Signed in as Matti (reviewer)" in client.get("/review").text
    result = CliRunner().invoke(
        main, ["--data-dir", str(own_place.path), "serve", "--dev-sign-in", "--host", "0.0.0.0"]
    )
    assert result.exit_code == 1
    assert "no loopback address" in result.output


def test_roles_in_files_and_claims(tmp_path: Path) -> None:
    (tmp_path / "roles.toml").write_text('reviewer = ["a", "b"]\nadmin = ["b"]\n', encoding="utf-8")
    assert read_roles(tmp_path) == {"a": "reviewer", "b": "admin"}
    assert read_roles(tmp_path / "nowhere") == {}
    for bad in ("reviewer = [1]", "king = []", "reviewer = ["):
        (tmp_path / "roles.toml").write_text(bad, encoding="utf-8")
        with pytest.raises(RolesError, match=r"roles\.toml"):
            read_roles(tmp_path)
    assert (
        role_in_claims({"realm_access": {"roles": ["x", "reviewer"]}}, "realm_access.roles")
        == "reviewer"
    )
    assert role_in_claims({"https://a.example/roles": ["admin"]}, "https://a.example/roles") == "admin"
    assert role_in_claims({"roles": ["admin"]}, "") == ""
    assert role_in_claims({"roles": 5}, "roles") == ""
