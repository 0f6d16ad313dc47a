"""The language of the interface: chosen by the reader, else by the browser, else English."""

from __future__ import annotations

from flask import Blueprint, Flask, redirect, request
from flask_babel import Babel, get_locale
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

NAMES = {"en": "English", "fi": "Suomi", "sv": "Svenska"}
_COOKIE = "language"
_YEAR = 365 * 24 * 3600

blueprint = Blueprint("languages", __name__)


def init_app(app: Flask) -> None:
    """Give an application its translations and the address that changes the language."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "en")
    Babel(app, locale_selector=_select)
    app.register_blueprint(blueprint)


def _select() -> str:
    asked = request.args.get("lang") or request.cookies.get(_COOKIE)
    return asked if asked in NAMES else request.accept_languages.best_match(list(NAMES)) or "en"


def current() -> str:
    """Return the language of this request: `en`, `fi` or `sv`."""
    locale = get_locale()
    return str(locale.language) if locale is not None else "en"


@blueprint.get("/language/<code>")
def choose(code: str) -> Response:
    """Remember a language and go back to the page."""
    if code not in NAMES:
        raise NotFound
    answer = redirect(safe_path(request.args.get("next", "/")))
    answer.set_cookie(_COOKIE, code, max_age=_YEAR, samesite="Lax", httponly=True)
    return answer


def safe_path(target: str) -> str:
    """Return a path of this site, or `/`: never a way to send a reader elsewhere."""
    plain = target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if plain and not any(ord(char) < 32 for char in target) else "/"
