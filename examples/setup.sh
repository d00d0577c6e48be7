#!/usr/bin/env bash
# Makes what the tests of the examples need: examples/.venv for those in Python (3.10 or newer), and the packages of those in Node.
set -euo pipefail
cd "$(dirname "$0")"

(for folder in express-webhook vercel-ai; do npm ci --prefix "$folder" --silent; done) &
packages=$!

[ -x .venv/bin/python ] || python3 -m venv .venv
.venv/bin/python -m pip install --quiet --no-compile --constraint constraints.txt --requirement python-crm/requirements.txt \
  --requirement flask-report/requirements.txt --requirement langchain/requirements.txt ../clients/python

wait "$packages"
