"""Builds the front end while pip installs, so that a wheel carries it and an editable checkout has it."""

import importlib.util
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def frontend(root: str) -> Any:
    # By path: nothing of the studio is installed yet, and `studio/__init__.py` is not wanted either.
    spec = importlib.util.spec_from_file_location("atelier_frontend", Path(root) / "studio" / "frontend.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class FrontEnd(BuildHookInterface):
    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        return frontend(self.root).dependencies(Path(self.root))

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        module = frontend(self.root)
        try:
            module.build(root, say=self.app.display_info)
        except module.BuildFailed as error:
            self.app.abort(str(error))
        if version != "editable":
            # A checkout is read where it lies; a wheel carries pages and front end inside the package `studio`.
            build_data["force_include"] |= {
                str(root / "templates"): "studio/bundle/templates",
                str(root / "static" / "dist"): "studio/bundle/static/dist",
            }
