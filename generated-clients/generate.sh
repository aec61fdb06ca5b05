#!/usr/bin/env bash
# usage: generated-clients/generate.sh PYTHON_BIN
# Writes the generated parts of all clients from openapi.yaml. PYTHON_BIN is the folder of python, datamodel-codegen and
# ruff; `make clients` knows it. The result depends on openapi.yaml alone.
set -euo pipefail

cd "$(dirname "$0")"
bin=$1
document=$PWD/../openapi.yaml

(
  cd typescript
  node_modules/.bin/openapi-ts -f openapi-ts.config.mjs --no-log-file --silent
)

(
  cd python
  "$bin/datamodel-codegen" --input "$document" --input-file-type openapi --output openfang_client/generated/models.py \
    --output-model-type pydantic_v2.BaseModel --base-class openfang_client._model.Model --target-python-version 3.11 \
    --use-annotated --use-standard-collections --use-union-operator --use-type-alias --enum-field-as-literal all \
    --use-one-literal-as-default --field-constraints --snake-case-field --use-schema-description \
    --use-field-description --strict-nullable --disable-timestamp --formatters builtin
  "$bin/python" generate_client.py "$document" openfang_client/generated/client.py
  "$bin/ruff" check --quiet --fix --select F401,I openfang_client/generated
  "$bin/ruff" format --quiet openfang_client/generated
)

"$bin/python" postman/generate_collection.py "$document" postman
