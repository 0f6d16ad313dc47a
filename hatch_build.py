"""Build hook: compile the message catalogues (`.po` → `.mo`) before a wheel or an editable install."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileCatalogues(BuildHookInterface):
    """Compile every catalogue below `app/translations`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write one `.mo` beside each `.po`; called by hatchling for wheels and editable installs."""
        for po in sorted(Path(self.root, "app", "translations").glob("*/LC_MESSAGES/*.po")):
            with po.open("rb") as source:
                catalogue = read_po(source, locale=po.parts[-3])
            with po.with_suffix(".mo").open("wb") as target:
                write_mo(target, catalogue)
