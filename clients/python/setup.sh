#!/usr/bin/env bash
# Makes clients/python/.venv with the package (as it stands in src/, generated anew from the contract) and what its checks need.
# Python 3.11 or newer, for the generator; the package itself runs from 3.10 on.
set -euo pipefail
cd "$(dirname "$0")"
[ -x .venv/bin/python ] || python3 -m venv .venv
.venv/bin/python -m pip install --quiet --upgrade 'pip>=25.1'
.venv/bin/python -m pip install --quiet --group dev
# The installed tools are those that pyproject.toml wants for building, or this fails.
.venv/bin/python -m pip install --quiet --no-build-isolation --check-build-dependencies --editable .
