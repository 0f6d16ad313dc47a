"""Serve the web application with waitress: threads, no reloader, made for more than one's desk."""

from __future__ import annotations

import socket

import click
from waitress import create_server

from app.factory import create_app
from app.workspace import Workspace, WorkspaceError


def serve_forever(place: Workspace, host: str, port: int, threads: int) -> None:
    """Serve until stopped.

    Raises:
        WorkspaceError: the address cannot be used, for example because another program has it.
    """
    app = create_app(place)
    try:
        server = create_server(app, host=host, port=port, threads=threads, ident="")
    except (OSError, socket.gaierror) as error:
        raise WorkspaceError(
            f"http://{host}:{port} cannot be used: {error}. Choose another port with --port "
            "(or PORT=… make demo)."
        ) from None
    click.echo(f"FITech Graph serves {place.path} on http://{host}:{port} (stop with Ctrl+C)", err=True)
    server.run()
