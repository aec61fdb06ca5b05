#!/usr/bin/env bash
# usage: scripts/schemathesis.sh PYTHON_BIN all|examples
# Attacks the server at OPENFANG_URL with requests made from openapi.yaml, and holds its answers to the document.
set -euo pipefail

bin=$1 extent=$2
cd "$(dirname "$0")/.."
# What it remembers of the last run would change this one.
rm -rf .schemathesis
run() {
  "$bin/schemathesis" --config-file tests/contract/schemathesis.toml run openapi.yaml --url "$OPENFANG_URL" \
    --no-color --checks all "$@"
}
# Settings of single operations do not hold in the stateful phase, so it has a run of its own, with valid data only.
case $extent in
  examples) run --phases examples,coverage ;;
  all)
    run -n 20 --phases examples,coverage,fuzzing
    run -n 200 --phases stateful -m positive --continue-on-failure
    ;;
  *) echo "all or examples, not $extent" >&2; exit 2 ;;
esac
