"""What the commands share: exit codes, errors as sentences, the data directory of a call."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import NoReturn, ParamSpec, TypeVar

import click

from app.workspace import Workspace, WorkspaceError

P = ParamSpec("P")
R = TypeVar("R")

EXIT_FAILED = 1
EXIT_VIOLATIONS = 3
EXIT_STALE = 4


def fail(message: str, code: int = EXIT_FAILED) -> NoReturn:
    """End the program with a sentence on standard error."""
    click.echo(f"fitech: {message}", err=True)
    sys.exit(code)


def sentences(command: Callable[P, R]) -> Callable[P, R]:
    """Turn the errors that we expect into a sentence and an exit code; others stay visible."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        from app.config import ConfigError
        from graph.store import StoreError
        from loaders.harvest.errors import HarvestError
        from loaders.staging.source import LoadError
        from queries.library import QueryError

        expected = (ConfigError, HarvestError, LoadError, QueryError, StoreError, WorkspaceError)
        try:
            return command(*args, **kwargs)
        except expected as error:
            fail(str(error))
        except KeyboardInterrupt:
            fail("stopped by hand; what was published is untouched.", 130)

    return run


def workspace(context: click.Context) -> Workspace:
    """Return the data directory of this call."""
    found = context.find_object(Workspace)
    assert found is not None  # set by main()
    return found


accept_drop_option = click.option(
    "--accept-drop",
    "accept_drop",
    multiple=True,
    metavar="SOURCE",
    help="Accept that SOURCE brings much less than before.",
)
