"""The READMEs' examples run as they stand there, but for the address."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.gateway import Gateway

readmes = [Path(__file__).parents[1] / "README.md", Path(__file__).parents[3] / "README.md"]
found = [block for readme in readmes for block in re.findall(r"```python\n(.*?)```", readme.read_text(), re.S)]
examples = [block for block in found if "from openclaw import" in block]


@pytest.mark.parametrize("number", range(len(examples)))
def test_an_example_runs(number: int, gateway: Gateway) -> None:
    code = examples[number].replace("http://127.0.0.1:18789", gateway.url)
    env = {**os.environ, "OPENCLAW_TOKEN": gateway.token, "NO_PROXY": "127.0.0.1"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_examples_are_typed(tmp_path: Path) -> None:
    for number, code in enumerate(examples):
        (tmp_path / f"example_{number}.py").write_text(code)
    command = [sys.executable, "-m", "mypy", "--strict", *map(str, sorted(tmp_path.glob("*.py")))]
    done = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout
