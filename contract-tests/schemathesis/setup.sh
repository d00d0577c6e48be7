#!/usr/bin/env bash
# Makes contract-tests/schemathesis/.venv with Schemathesis. Python 3.10 or newer.
set -euo pipefail
cd "$(dirname "$0")"
[ -x .venv/bin/python ] || python3 -m venv .venv
.venv/bin/python -m pip install --quiet schemathesis==4.32.5
