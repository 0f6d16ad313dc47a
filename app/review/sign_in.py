"""Signing in with OpenID Connect, sessions, and the token that every changing request must carry.

Authorization code flow with state, nonce and PKCE, through Authlib. The session cookie is signed, only
for HTTP, `SameSite=Lax`, and `Secure` under https; it holds subject identifier, name and role, for
eight hours.
"""

from __future__ import annotations

import hmac
import logging
import secrets
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, Flask, Response, current_app, redirect, render_template, request, session
from flask.sessions import SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import BadGateway, BadRequest, Forbidden, NotFound, Unauthorized

from app.languages import safe_path
from app.review.settings import LOOPBACK, ROLES, RolesError, SignIn, read_roles, role_in_claims
from app.review.store import Reviewer
from app.workspace import Workspace

blueprint = Blueprint("sign_in", __name__)
_log = logging.getLogger(__name__)
_HOURS = 8
_TIMEOUT = 15
_MAX_NAME = 100


class _Sessions(SecureCookieSessionInterface):
    def get_cookie_secure(self, app: Flask) -> bool:
        """Send the cookie over https only, where there is https."""
        public = app.extensions["sign_in"].public_url
        return request.is_secure or public.startswith("https:")


def init_app(app: Flask, settings: SignIn) -> None:
    """Give an application its ways to sign in; without settings it stays read-only."""
    app.extensions["sign_in"] = settings
    app.register_blueprint(blueprint)
    if not settings.ready:
        return
    app.secret_key = settings.secret_key
    app.session_interface = _Sessions()
    app.config.update(
        SESSION_COOKIE_NAME="fitech",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=_HOURS),
        SESSION_REFRESH_EACH_REQUEST=False,
    )
    if not settings.development:
        OAuth(app).register(
            "provider",
            client_id=settings.client_id,
            client_secret=settings.client_secret,
            server_metadata_url=f"{settings.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid profile",
                "code_challenge_method": "S256",
                "default_timeout": _TIMEOUT,
            },
        )


def sign_in_settings() -> SignIn:
    """Return how people sign in here."""
    settings = current_app.extensions["sign_in"]
    assert isinstance(settings, SignIn)
    return settings


def account() -> dict[str, str] | None:
    """Return who is signed in: `sub`, `name`, `role` ("" if none was given) and `problem`."""
    if not sign_in_settings().ready or "account" not in session:
        return None
    found: dict[str, str] = dict(session["account"])
    place: Workspace = current_app.extensions["workspace"]
    try:
        given = read_roles(place.path).get(found["sub"], "")
        found["problem"] = ""
    except RolesError as error:
        given, found["problem"] = "", str(error)
    found["role"] = max(given, found["role"], key=lambda role: ROLES.index(role) if role else -1)
    return found


def reviewer() -> Reviewer | None:
    """Return who is signed in with a role."""
    found = account()
    return Reviewer(found["sub"], found["name"], found["role"]) if found and found["role"] else None


def required(role: str = "reviewer") -> Reviewer:
    """Return who is signed in.

    Raises:
        Unauthorized: nobody is.
        Forbidden: the person has not the role.
    """
    if account() is None:
        raise Unauthorized(_("Sign in first: your session may have ended."))
    found = reviewer()
    if found is None or ROLES.index(found.role) < ROLES.index(role):
        raise Forbidden(_("Your role does not allow this."))
    return found


def csrf_token() -> str:
    """Return the token that the forms of this session carry."""
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(32)
    return str(session["csrf"])


def check_csrf() -> None:
    """Refuse a changing request that does not come from a form of ours.

    Raises:
        BadRequest: the token is missing or another one.
    """
    if request.method != "POST":
        return
    if not sign_in_settings().ready:
        raise NotFound
    given = request.form.get("csrf", "")
    known = str(session.get("csrf", ""))
    if not known or not hmac.compare_digest(given.encode(), known.encode()):
        raise BadRequest(_("The form is too old, or came from elsewhere. Load the page again."))


blueprint.before_request(check_csrf)


def never_kept(response: Response) -> Response:
    """Keep pages of people who signed in out of every cache."""
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.app_template_global("people_review")
def people_review() -> bool:
    """Whether people can sign in here to review links."""
    return sign_in_settings().ready


@blueprint.get("/sign-in")
def start() -> ResponseReturnValue:
    """Send the person to the provider; in development, show a form."""
    settings = sign_in_settings()
    if not settings.ready:
        raise NotFound(_("Nobody can sign in here; see the page Review."))
    session["next"] = safe_path(request.args.get("next", "/review"))
    if settings.development:
        _only_from_this_machine()
        return render_template("review/development.html", csrf=csrf_token(), roles=ROLES)
    try:
        _check_issuer(settings)
        answer: ResponseReturnValue = _provider().authorize_redirect(_callback(settings))
    except BadGateway:
        raise
    except Exception as error:  # of the network, of the provider's metadata
        _log.warning("The identity provider cannot be used: %s", error)
        raise BadGateway(_("The identity provider cannot be reached. Try again later.")) from None
    return answer


@blueprint.post("/sign-in")
def start_in_development() -> ResponseReturnValue:
    """Sign in whoever sits at this machine: only with `--dev-sign-in`."""
    if not sign_in_settings().development:
        raise NotFound
    _only_from_this_machine()
    name = request.form.get("name", "").strip()[:_MAX_NAME]
    role = request.form.get("role", "")
    if not name or role not in ROLES:
        raise BadRequest(_("Give a name and a role."))
    return _let_in(f"development:{name}", name, role)


@blueprint.get("/sign-in/done")
def done() -> ResponseReturnValue:
    """Take what the provider says; state, nonce and PKCE are checked."""
    settings = sign_in_settings()
    if not settings.ready or settings.development:
        raise NotFound
    try:
        token = _provider().authorize_access_token(claims_options=_claims(settings))
        claims: dict[str, Any] = dict(token.get("userinfo") or {})
        if not claims.get("sub"):
            raise ValueError("no identity token")
        claims = _with_userinfo(claims, token, settings)
    except OAuthError as error:
        _log.warning("Sign-in refused: %s", error)
        raise BadRequest(
            _("The sign-in did not work: %(why)s", why=error.description or error.error)
        ) from None
    except Exception as error:  # of the network, of the token: nobody comes in by a fault
        _log.warning("Sign-in failed: %s: %s", type(error).__name__, error)
        raise BadRequest(_("The sign-in did not work. Try again.")) from None
    name = str(claims.get("name") or claims.get("preferred_username") or claims["sub"])
    return _let_in(str(claims["sub"]), name[:_MAX_NAME], role_in_claims(claims, settings.role_claim))


@blueprint.post("/sign-out")
def stop() -> ResponseReturnValue:
    """Forget the session."""
    session.clear()
    return redirect("/review")


def _let_in(subject: str, name: str, role: str) -> ResponseReturnValue:
    target = safe_path(session.get("next", "/review"))
    session.clear()
    session.permanent = True
    session["account"] = {"sub": subject, "name": name, "role": role}
    return redirect(target)


def _provider() -> Any:  # noqa: ANN401 - Authlib has no types
    return current_app.extensions["authlib.integrations.flask_client"].provider


def _callback(settings: SignIn) -> str:
    return f"{settings.public_url or request.host_url.rstrip('/')}/sign-in/done"


def _claims(settings: SignIn) -> dict[str, Any]:
    issuer = settings.issuer.rstrip("/")
    return {"iss": {"essential": True, "values": [issuer, f"{issuer}/"]}}


def _check_issuer(settings: SignIn) -> None:
    """Refuse metadata that speak for another issuer."""
    named = str(_provider().load_server_metadata().get("issuer", ""))
    if named.rstrip("/") != settings.issuer.rstrip("/"):
        _log.warning("The metadata of %s name the issuer %s", settings.issuer, named)
        raise BadGateway(_("The identity provider names another issuer than FITECH_OIDC_ISSUER."))


def _with_userinfo(claims: dict[str, Any], token: Any, settings: SignIn) -> dict[str, Any]:  # noqa: ANN401
    """Ask for the claims that the identity token leaves out, where the provider offers them."""
    wanted = ["name", settings.role_claim] if settings.role_claim else ["name"]
    provider = _provider()
    if all(name.split(".")[0] in claims for name in wanted):
        return claims
    if "userinfo_endpoint" not in provider.load_server_metadata():
        return claims
    more = dict(provider.userinfo(token=token))
    return {**more, **claims} if more.get("sub") == claims["sub"] else claims


def _only_from_this_machine() -> None:
    host = urlsplit(f"//{request.host}").hostname
    if request.remote_addr not in LOOPBACK or host not in LOOPBACK:
        raise Forbidden(_("The development sign-in works on this machine only."))
