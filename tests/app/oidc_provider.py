"""An OpenID Connect provider over loopback, small and strict: for tests only.

It knows one client, checks redirect address, client secret and PKCE, gives each code once, and signs
identity tokens. Who signs in is what the test says.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "fitech-graph", "a secret of the tests"


class Provider:
    """A provider on its own port. Change `person` and `spoil` between sign-ins."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}, private=True)
        self.person: dict[str, Any] = {"sub": "u-1", "name": "Maija Metsä"}
        self.more: dict[str, Any] = {}
        """Claims that only the userinfo endpoint tells."""
        self.spoil: dict[str, Any] = {}
        """Claims that replace those of the identity token, to see that it is refused."""
        self.wrong_key = False
        self.named = ""
        """Another issuer that the metadata name."""
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens: set[str] = set()
        self.asked: list[dict[str, str]] = []
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.get(self)

            def do_POST(self) -> None:
                provider.post(self)

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def get(self, handler: BaseHTTPRequestHandler) -> None:
        path, query = urlsplit(handler.path).path, urlsplit(handler.path).query
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        if path == "/.well-known/openid-configuration":
            _json(handler, self.metadata())
        elif path == "/jwks":
            _json(handler, {"keys": [self.key.as_dict(private=False)]})
        elif path == "/authorize":
            self.asked.append(asked)
            assert asked["client_id"] == CLIENT
            assert asked["response_type"] == "code"
            assert asked["code_challenge_method"] == "S256"
            code = secrets.token_urlsafe()
            self.codes[code] = asked
            answer = urlencode({"code": code, "state": asked["state"]})
            handler.send_response(302)
            handler.send_header("Location", f"{asked['redirect_uri']}?{answer}")
            handler.end_headers()
        elif path == "/userinfo":
            token = handler.headers.get("Authorization", "").removeprefix("Bearer ")
            _json(handler, {**self.person, **self.more}, 200 if token in self.tokens else 401)
        else:
            _json(handler, {}, 404)

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.named or self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def post(self, handler: BaseHTTPRequestHandler) -> None:
        size = int(handler.headers["Content-Length"])
        form = {name: values[0] for name, values in parse_qs(handler.rfile.read(size).decode()).items()}
        client = base64.b64decode(
            handler.headers.get("Authorization", "").removeprefix("Basic ")
        ).decode()
        asked = self.codes.pop(form.get("code", ""), None)
        proof = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(proof).rstrip(b"=").decode()
        if (
            client != f"{CLIENT}:{SECRET}"
            or asked is None
            or asked["redirect_uri"] != form["redirect_uri"]
            or asked["code_challenge"] != challenge
        ):
            _json(handler, {"error": "invalid_grant", "error_description": "The code is no good."}, 400)
            return
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"],
            **self.person, **self.spoil,
        }  # fmt: skip
        key = RSAKey.generate_key(2048, {"kid": "one"}) if self.wrong_key else self.key
        token = secrets.token_urlsafe()
        self.tokens.add(token)
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)
        _json(
            handler,
            {"access_token": token, "token_type": "Bearer", "expires_in": 300, "id_token": signed},
        )


def _json(handler: BaseHTTPRequestHandler, data: object, status: int = 200) -> None:
    body = json.dumps(data).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
