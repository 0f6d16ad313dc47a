"""Imports run one way: ontology ← graph ← loaders, queries ← app."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

MAY_IMPORT = {
    "ontology": set(),
    "graph": {"ontology"},
    "loaders": {"ontology", "graph"},
    "queries": {"ontology", "graph"},
    "app": {"ontology", "graph", "loaders", "queries"},
}


def imported_packages(source: str) -> set[str]:
    """Top-level names that a module imports, wherever in the module the import stands."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_run_one_way(package: str, root: Path) -> None:
    modules = sorted((root / package).rglob("*.py"))
    assert modules, f"{package}/ holds no module: has it moved?"
    allowed = MAY_IMPORT[package] | {package}
    wrong = {
        f"{module.relative_to(root)} imports {name}"
        for module in modules
        for name in imported_packages(module.read_text(encoding="utf-8")) & set(MAY_IMPORT)
        if name not in allowed
    }
    assert not wrong, "Imports must run ontology ← graph ← loaders, queries ← app: " + "; ".join(
        sorted(wrong)
    )


ROOMS = ("courses", "research", "skills")


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_of_formats_stands_on_no_other_room_of_formats(room: str, root: Path) -> None:
    # decision 0017. courses/template_cells asks skills for the form of an ESCO address only.
    known = {("courses/template_cells.py", "loaders.skills.esco_terms")}
    others = tuple(f"loaders.{other}." for other in ROOMS if other != room)
    found = {
        (f"{room}/{module.name}", node.module)
        for module in (root / "loaders" / room).rglob("*.py")
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(others)
    }
    assert found <= known, f"See docs/decisions/0017: {sorted(found - known)}"


def test_the_check_sees_a_wrong_import() -> None:
    assert "app" in imported_packages("def f():\n    from app.cli import main\n")


def test_no_relative_imports(root: Path) -> None:
    wrong = [
        f"{module.relative_to(root)}:{node.lineno}"
        for package in MAY_IMPORT
        for module in (root / package).rglob("*.py")
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert not wrong, f"Relative imports hide the direction: {wrong}"
