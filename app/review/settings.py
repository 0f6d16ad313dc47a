"""How people sign in: what the environment says, and which roles a file gives.

Nothing of it stands in the configuration of the graph, which people share: secrets stay in the
environment. `roles.toml` in the data directory names subject identifiers, never e-mail addresses.
"""

from __future__ import annotations

import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ROLES = ("reviewer", "admin")
"""What a person may be; an admin may do all that a reviewer may."""
ROLES_FILE = "roles.toml"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_NEEDED = {
    "issuer": "FITECH_OIDC_ISSUER",
    "client_id": "FITECH_OIDC_CLIENT_ID",
    "client_secret": "FITECH_OIDC_CLIENT_SECRET",
    "secret_key": "FITECH_SECRET_KEY",
}
_SHORTEST_KEY = 32


class RolesError(Exception):
    """`roles.toml` cannot be used; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """The settings of signing in."""

    issuer: str = ""
    client_id: str = ""
    client_secret: str = ""
    secret_key: str = ""
    """Signs the session cookies."""
    role_claim: str = ""
    """Claim that holds the roles; dots lead inwards: `realm_access.roles`."""
    public_url: str = ""
    """Address under which people reach the site, if a proxy stands before it."""
    development: bool = False
    """Whether anybody at this machine may sign in without a provider."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> SignIn:
        """Read the settings from environment variables."""

        def value(variable: str) -> str:
            return environment.get(variable, "").strip()

        return cls(
            issuer=value(_NEEDED["issuer"]),
            client_id=value(_NEEDED["client_id"]),
            client_secret=value(_NEEDED["client_secret"]),
            secret_key=value(_NEEDED["secret_key"]),
            role_claim=value("FITECH_OIDC_ROLE_CLAIM"),
            public_url=value("FITECH_PUBLIC_URL").rstrip("/"),
        )

    @classmethod
    def for_development(cls) -> SignIn:
        """Return settings that let anybody at this machine in; sessions end with the server."""
        return cls(secret_key=secrets.token_hex(), development=True)

    def missing(self) -> list[str]:
        """Return what is to be set or mended before people can sign in, as sentences."""
        if self.development:
            return []
        found = [
            f"{variable} is not set." for name, variable in _NEEDED.items() if not getattr(self, name)
        ]
        address = urlsplit(self.issuer)
        if self.issuer and address.scheme != "https" and address.hostname not in LOOPBACK:
            found.append("FITECH_OIDC_ISSUER does not begin with https://.")
        if self.secret_key and len(self.secret_key) < _SHORTEST_KEY:
            found.append(f"FITECH_SECRET_KEY is shorter than {_SHORTEST_KEY} characters.")
        return found

    @property
    def ready(self) -> bool:
        """Whether people can sign in."""
        return not self.missing()


def read_roles(folder: Path) -> dict[str, str]:
    """Return subject identifier → role from `roles.toml` of a data directory, empty without it.

    Raises:
        RolesError: the file is damaged or holds something else.
    """
    path = folder / ROLES_FILE
    if not path.exists():
        return {}
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RolesError(f"{path.name} cannot be read: {error}") from None
    found: dict[str, str] = {}
    for role in ROLES:  # the higher role last: it wins
        subjects = data.pop(role, [])
        if not isinstance(subjects, list) or not all(isinstance(one, str) for one in subjects):
            raise RolesError(f'{path.name}: {role} must be a list of texts: {role} = ["…"].')
        found |= dict.fromkeys(subjects, role)
    if data:
        raise RolesError(f"{path.name}: {', '.join(data)} is no role; there are {', '.join(ROLES)}.")
    return found


def role_in_claims(claims: Mapping[str, object], path: str) -> str:
    """Return the highest role that a claim gives, "" if none. Also `fitech-reviewer` is `reviewer`."""
    value: object = claims
    if path in claims:  # a claim may have dots in its name: `https://example.org/roles`
        value = claims[path]
    else:
        for step in path.split(".") if path else ():
            value = value.get(step) if isinstance(value, Mapping) else None
    names = value.split() if isinstance(value, str) else value if isinstance(value, list) else []
    given = {str(name).removeprefix("fitech-") for name in names} if path else set()
    return next((role for role in reversed(ROLES) if role in given), "")
