"""Serve the web application with waitress: threads, no reloader, made for more than one's desk."""

from __future__ import annotations

import socket

import click
from waitress import create_server

from app.factory import create_app
from app.review.settings import LOOPBACK, SignIn
from app.workspace import Workspace, WorkspaceError


def serve_forever(
    place: Workspace, host: str, port: int, threads: int, *, development_sign_in: bool = False
) -> None:
    """Serve until stopped.

    Args:
        place: the data directory.
        host: the address to listen on.
        port: the port.
        threads: requests at the same time.
        development_sign_in: let anybody at this machine sign in without a provider.

    Raises:
        WorkspaceError: the address cannot be used, for example because another program has it; or
            others than this machine could reach the development sign-in.
    """
    if development_sign_in and host not in LOOPBACK:
        raise WorkspaceError(
            f"--dev-sign-in lets anybody in who reaches the server, and {host} is no loopback address. "
            "Serve on 127.0.0.1, or set up an identity provider (docs/review.md)."
        )
    app = create_app(place, sign_in=SignIn.for_development() if development_sign_in else None)
    try:
        server = create_server(app, host=host, port=port, threads=threads, ident="")
    except (OSError, socket.gaierror) as error:
        raise WorkspaceError(
            f"http://{host}:{port} cannot be used: {error}. Choose another port with --port "
            "(or PORT=… make demo)."
        ) from None
    click.echo(f"FITech Graph serves {place.path} on http://{host}:{port} (stop with Ctrl+C)", err=True)
    if development_sign_in:
        click.echo(
            "DEVELOPMENT SIGN-IN: anybody at this machine can sign in. Never use it elsewhere.",
            err=True,
        )
    server.run()
