"""The gateway that the tests talk to."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

root = Path(__file__).resolve().parents[4]


@dataclass(frozen=True)
class Gateway:
    url: str
    token: str


def node() -> str:
    """The project's own Node, where npm has installed it."""
    own = root / "node_modules" / ".bin" / "node"
    found = str(own) if own.exists() else shutil.which("node")
    assert found is not None, "There is no node: run `npm ci` first."
    return found
