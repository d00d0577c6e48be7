#!/usr/bin/env bash
# Makes clients/rust/target: the client as progenitor generates it from the contract, its tests and its example. Rust 1.88 or newer.
set -euo pipefail
cd "$(dirname "$0")"
cargo build --quiet --locked --tests --examples
