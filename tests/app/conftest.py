"""A running application over the sample."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.factory import create_app
from app.workspace import Workspace
from graph.sandbox import Limits


@pytest.fixture(scope="session")
def application(sample_place: Workspace) -> Flask:
    made = create_app(sample_place, Limits(seconds=5, rows=50), workers=1)
    made.testing = True
    return made


@pytest.fixture
def client(application: Flask) -> FlaskClient:
    return application.test_client()


@pytest.fixture
def empty_client(tmp_path) -> FlaskClient:  # type: ignore[no-untyped-def]
    return create_app(Workspace(tmp_path / "nothing")).test_client()
