#!/usr/bin/env bash
# Makes clients/java/target: the client, generated anew from the contract, its tests, and the jars that both need. JDK 17 or newer, Maven.
set -euo pipefail
cd "$(dirname "$0")"
rm -rf target
mvn --batch-mode --quiet test-compile
