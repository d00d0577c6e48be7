"""Generates before the package is built, in a checkout. A source distribution has what was generated already."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class GenerateHook(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        sys.path.insert(0, str(Path(self.root) / "generator"))
        from generate import contract, generate, generated

        if contract.is_file():
            generate()
        elif not generated.is_dir():
            raise FileNotFoundError(f"There is neither {contract} to generate from, nor {generated}.")
