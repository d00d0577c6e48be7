"""Writes `src/openclaw/_generated` from the published contract. `python generator/generate.py`, wherever it is started."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

package = Path(__file__).resolve().parents[1]
generated = package / "src" / "openclaw" / "_generated"
contract = package.parents[1] / "generated" / "openapi.yaml"


def generate(contract: Path = contract, output: Path = generated) -> None:
    """Replaces `output`. Fails on anything in the contract that the generator cannot take."""
    shutil.rmtree(output, ignore_errors=True)
    output.parent.mkdir(parents=True, exist_ok=True)
    here = Path(__file__).parent
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--path", str(contract), "--output-path", str(output)]
    command += ["--meta", "none", "--fail-on-warning"]
    command += ["--config", str(here / "config.yaml"), "--custom-template-path", str(here / "templates")]
    # Where pip puts programs: the generator looks for ruff on the path.
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")])
    done = subprocess.run(command, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        shutil.rmtree(output, ignore_errors=True)
        raise SystemExit(f"openapi-python-client could not take {contract}:\n{done.stdout}\n{done.stderr}")
    # Its own client: the package has another.
    for name in ("client.py", "errors.py"):
        (output / name).unlink()


if __name__ == "__main__":
    generate()
