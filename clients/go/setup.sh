#!/usr/bin/env bash
# Generates the client in clients/go/openclaw from the contract, as the README tells a user to, and builds what uses it. Go 1.25 or newer.
set -euo pipefail
cd "$(dirname "$0")"
cp ../../generated/openapi.yaml openapi.yaml
go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2 -generate types,client -package openclaw -o openclaw/client.gen.go openapi.yaml
go vet ./...
go test -c -o .build/gateway.test .
