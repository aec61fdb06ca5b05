#!/usr/bin/env bash
# usage: generated-clients/test.sh PYTHON_BIN     with the server of scripts/serve-for-tests.sh in the environment
set -euo pipefail

cd "$(dirname "$0")"
(cd typescript && node --experimental-websocket --test test/)
(cd python && "$1/pytest" --quiet)
