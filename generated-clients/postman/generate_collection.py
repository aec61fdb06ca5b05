"""Writes the Postman collection and environment from the OpenAPI document: one folder for each tag, one request for
each operation, ids derived from the operationIds so that the same document gives the same files.

usage: generate_collection.py DOCUMENT FOLDER
"""

from __future__ import annotations

import json
import re
import sys
import typing
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import yaml

METHODS = ("get", "put", "post", "patch", "delete")
SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"


def stable_id(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"openfang/{name}"))


class Document:
    def __init__(self, root: dict[str, Any]) -> None:
        self.root = root

    def resolve(self, node: Any) -> Any:
        while isinstance(node, dict) and "$ref" in node:
            target: Any = self.root
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = target
        return node

    def example(self, schema: Any) -> Any:
        """The example that the document gives for a body, or for each of its required members."""
        schema = self.resolve(schema) or {}
        for found in ([schema.get("example")], schema.get("examples") or [], [schema.get("default")]):
            if found and found[0] is not None:
                return found[0]
        if schema.get("enum"):
            return schema["enum"][0]
        if schema.get("properties"):
            return {name: self.example(schema["properties"][name]) for name in schema.get("required", [])}
        for union in ("oneOf", "anyOf", "allOf"):
            if schema.get(union):
                return self.example(schema[union][0])
        return {"object": {}, "array": [], "integer": 0, "number": 0, "boolean": False}.get(schema.get("type"), "")

    def request(self, path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
        parameters = [self.resolve(p) for p in operation.get("parameters", [])]
        headers = [
            {"key": p["name"], "value": "", "description": p.get("description", ""), "disabled": True}
            for p in parameters
            if p["in"] == "header"
        ]
        segments = [re.sub(r"^\{(.+)\}$", r":\1", segment) for segment in path.strip("/").split("/")]
        url: dict[str, Any] = {
            "raw": "{{baseUrl}}/" + "/".join(segments),
            "host": ["{{baseUrl}}"],
            "path": segments,
            "query": [
                {
                    "key": p["name"],
                    "value": _text(self.resolve(p["schema"]).get("default")),
                    "description": p.get("description", ""),
                    "disabled": not p.get("required", False),
                }
                for p in parameters
                if p["in"] == "query"
            ],
            "variable": [
                {"key": p["name"], "value": "", "description": p.get("description", "")}
                for p in parameters
                if p["in"] == "path"
            ],
        }
        request: dict[str, Any] = {
            "method": method.upper(),
            "header": headers,
            "url": url,
            "description": "\n\n".join(filter(None, [operation["summary"], operation.get("description")])),
        }
        if operation.get("security") == [{}]:
            request["auth"] = {"type": "noauth"}
        body = self.resolve(operation.get("requestBody"))
        if body:
            media = body["content"]["application/json"]
            example = media.get("example", self.example(media["schema"]))
            headers.insert(0, {"key": "Content-Type", "value": "application/json"})
            request["body"] = {
                "mode": "raw",
                "raw": json.dumps(example, indent=2, ensure_ascii=False),
                "options": {"raw": {"language": "json"}},
            }
        return request


def _text(value: Any) -> str:
    return "" if value is None else json.dumps(value) if not isinstance(value, str) else value


def collection(root: dict[str, Any]) -> dict[str, Any]:
    document = Document(root)
    folders: dict[str, dict[str, Any]] = {
        tag["name"]: {"name": tag["name"], "id": stable_id(tag["name"]), "description": tag["description"], "item": []}
        for tag in root["tags"]
    }
    for path, item in root["paths"].items():
        for method in METHODS:
            if method in item:
                operation = item[method]
                folders[operation["tags"][0]]["item"].append(
                    {
                        "name": operation["operationId"],
                        "id": stable_id(operation["operationId"]),
                        "request": document.request(path, method, operation),
                        "response": [],
                    }
                )
    info = root["info"]
    return {
        "info": {
            "_postman_id": stable_id("collection"),
            "name": info["title"],
            "description": info["description"],
            "version": info["version"],
            "schema": SCHEMA,
        },
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{apiKey}}", "type": "string"}]},
        "item": [folder for folder in folders.values() if folder["item"]],
    }


def environment(root: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": stable_id("environment"),
        "name": f"{root['info']['title']} on this machine",
        "values": [
            {"key": "baseUrl", "value": root["servers"][0]["url"], "type": "default", "enabled": True},
            {"key": "apiKey", "value": "", "type": "secret", "enabled": True},
        ],
        "_postman_variable_scope": "environment",
    }


class Loader(yaml.SafeLoader):
    """Leaves timestamps as the texts they are in JSON."""

    yaml_implicit_resolvers: typing.ClassVar = {
        first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


if __name__ == "__main__":
    source, folder = sys.argv[1:]
    loaded = yaml.load(Path(source).read_text(encoding="utf-8"), Loader=Loader)
    for name, content in (("collection", collection(loaded)), ("environment", environment(loaded))):
        text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
        (Path(folder) / f"openfang.postman_{name}.json").write_text(text, encoding="utf-8")
