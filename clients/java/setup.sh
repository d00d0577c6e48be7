#!/usr/bin/env bash
# Makes clients/java/target: the client, generated anew from the contract, its tests, and the jars that both need. JDK 17 or newer, Maven.
set -euo pipefail
cd "$(dirname "$0")"
rm -rf target
# A JVM that lives for seconds only: optimizing its code takes three times as long as running it as it is.
export MAVEN_OPTS="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC ${MAVEN_OPTS:-}"
mvn --batch-mode --quiet test-compile
