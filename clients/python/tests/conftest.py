"""A gateway of its own for the whole run, with the embedded model: real, deterministic, and without a network."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator

import pytest
from support.gateway import Gateway, node, root

token = "oc_tok_owner_of_the_python_clients_gateway"


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    log = tmp_path_factory.mktemp("log") / "stderr"
    # Of the environment only what starting a program takes: a key of a real provider must not get in.
    env = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    env |= {"OPENCLAW_STATE_DIR": str(tmp_path_factory.mktemp("state")), "GATEWAY_AUTH_TOKEN": token}
    command = [node(), "server/cli/openclaw.ts", "start", "--port", "0"]
    with log.open("w") as errors, subprocess.Popen(command, cwd=root, env=env, stdout=subprocess.PIPE, stderr=errors, text=True) as process:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if listening := re.search(r"Listening +(http:\S+)", line):
                yield Gateway(listening[1], token)
                break
        else:
            pytest.fail(f"The gateway did not start:\n{said}{log.read_text()}")
        process.kill()
