#!/usr/bin/env bash
# Fetches what the samples in Go and Rust are checked with. Java needs nothing but a JDK, and Python what clients/python/setup.sh makes.
set -euo pipefail
cd "$(dirname "$0")"
(cd go && go mod download)
mkdir -p rust/target/samples
touch rust/target/samples/lib.rs
cargo check --quiet --locked --manifest-path rust/Cargo.toml
