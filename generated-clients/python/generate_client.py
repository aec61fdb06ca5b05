"""Writes the client classes from the OpenAPI document: one synchronous and one asynchronous class for each tag.

usage: generate_client.py DOCUMENT OUTPUT     The models are written by datamodel-code-generator before.
"""

from __future__ import annotations

import keyword
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import yaml

METHODS = ("get", "put", "post", "patch", "delete")
#: The WebSocket has a hand-written helper, `Transport.agent_ws`.
BY_HAND = {"agent_ws"}
#: Parameters of the transport, not of the person who calls.
HIDDEN_HEADERS = {"Last-Event-ID"}
FORMATS = {"uuid": "UUID | str", "date-time": "datetime", "date": "date", "binary": "bytes"}
PLAIN = {"integer": "int", "number": "float", "boolean": "bool", "null": "None"}

Schema = Any


class Document:
    def __init__(self, root: dict[str, Any]) -> None:
        self.root = root

    def resolve(self, node: Schema) -> Schema:
        while isinstance(node, dict) and "$ref" in node:
            target: Any = self.root
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def python_type(self, schema: Schema, *, received: bool = False) -> str:
        """The annotation for a schema. `received`: as the server sends it, not as a person may write it."""
        if not isinstance(schema, dict) or not schema:
            return "Any"
        if "$ref" in schema:
            target = self.resolve(schema)
            # Scalars with a name, such as an id, are clearer as what they are.
            if target.get("type") == "string" and "enum" not in target:
                return self.python_type(target, received=received)
            return "m." + schema["$ref"].rsplit("/", 1)[-1]
        for union in ("oneOf", "anyOf"):
            if union in schema:
                return " | ".join(dict.fromkeys(self.python_type(s, received=received) for s in schema[union]))
        if "enum" in schema:
            return f"Literal[{', '.join(map(repr, schema['enum']))}]"
        kind = schema.get("type")
        if isinstance(kind, list):
            return " | ".join(self.python_type({**schema, "type": k}, received=received) for k in kind)
        if kind == "array":
            return f"list[{self.python_type(schema.get('items'), received=received)}]"
        if kind == "object":
            return f"dict[str, {self.python_type(schema.get('additionalProperties'), received=received)}]"
        if kind == "string":
            written = FORMATS.get(schema.get("format", ""), "str")
            return "UUID" if received and written.startswith("UUID") else written
        return PLAIN.get(kind or "", "Any")


def python_name(name: str) -> str:
    name = name.replace("-", "_").replace(".", "_").lower()
    return name + "_" if keyword.iskeyword(name) or name in {"self", "json"} else name


class Operation:
    def __init__(self, document: Document, path: str, method: str, value: dict[str, Any]) -> None:
        self.document, self.path, self.method, self.value = document, path, method.upper(), value
        self.name: str = value["operationId"]
        self.tag: str = value["tags"][0]
        parameters = [document.resolve(p) for p in value.get("parameters", [])]
        self.parameters = {
            place: [p for p in parameters if p["in"] == place and p["name"] not in HIDDEN_HEADERS]
            for place in ("path", "query", "header")
        }
        body = document.resolve(value.get("requestBody"))
        self.body: Schema = body["content"]["application/json"]["schema"] if body else None
        self.media, schemas = self._success()
        schema = schemas[0] if schemas else None
        self.streams = self.media == "text/event-stream"
        if self.media in ("application/json", "text/event-stream"):
            self.result = " | ".join(dict.fromkeys(document.python_type(s, received=True) for s in schemas))
        else:
            self.result = "None" if not self.media else "str" if self.media.startswith("text/") else "bytes"
        self.rows = self._rows(schema) if any(p["name"] == "cursor" for p in self.parameters["query"]) else None

    def _success(self) -> tuple[str, list[Schema]]:
        """Media type of what comes back, and its schemas by rising status."""
        found = []
        for status, response in sorted(self.value["responses"].items()):
            content = self.document.resolve(response).get("content") or {}
            if status.startswith("2") and content:
                media, described = next(iter(content.items()))
                found.append((media.split(";")[0], described.get("schema")))
        return (found[0][0] if found else "", [schema for _, schema in found])

    def _rows(self, schema: Schema) -> tuple[str, str]:
        """How a page holds its rows: an expression on `page`, and the type of one row."""
        page = self.document.resolve(schema)
        if page.get("type") == "array":
            return "page", self.document.python_type(page["items"], received=True)
        members = [page, *map(self.document.resolve, page.get("allOf", []))]
        lists = {
            name: member
            for part in members
            for name, member in part.get("properties", {}).items()
            if member.get("type") == "array"
        }
        # A page that holds more than rows has its rows named after the path.
        rows = [name for name in lists if len(lists) == 1 or name == self.path.rsplit("/", 1)[-1]]
        assert len(rows) == 1 or "messages" in lists, f"{self.name}: which of {sorted(lists)} are the rows?"
        name = rows[0] if len(rows) == 1 else "messages"
        return f"page.{python_name(name)}", self.document.python_type(lists[name]["items"], received=True)

    def _has_required_members(self) -> bool:
        schema = self.document.resolve(self.body)
        parts = [schema, *map(self.document.resolve, schema.get("allOf", []))]
        return any(part.get("required") or "oneOf" in part or "anyOf" in part for part in parts)

    def arguments(self, *, paging: bool = False) -> tuple[list[str], list[tuple[str, str]]]:
        """The signature's arguments and what each of them is."""
        described: list[tuple[str, str]] = []

        def argument(parameter: dict[str, Any]) -> str:
            name, kind = python_name(parameter["name"]), self.document.python_type(parameter["schema"])
            described.append((name, parameter.get("description", "")))
            if parameter.get("required"):
                return f"{name}: {kind}"
            return f"{name}: {kind} = None" if kind.endswith("None") else f"{name}: {kind} | None = None"

        arguments = ["self"] + [argument(p) for p in self.parameters["path"]]
        if self.body is not None:
            kind = self.document.python_type(self.body)
            optional = "" if self._has_required_members() else " | None = None"
            arguments.append(f"body: {kind}{optional}")
            described.append(("body", self.document.resolve(self.body).get("description", "")))
        named = [p for p in self.parameters["query"] if not (paging and p["name"] == "cursor")]
        named += [] if paging else self.parameters["header"]
        if named:
            arguments += ["*", *(argument(p) for p in sorted(named, key=lambda p: not p.get("required")))]
        return arguments, described

    def docstring(self, described: list[tuple[str, str]], *, paging: bool = False) -> str:
        summary = self.value["summary"].rstrip(".") + "."
        lines = [f"{summary[:-1]}: the rows of all pages, one after the other." if paging else summary]
        if self.value.get("description"):
            lines += ["", self.value["description"]]
        lines += ["", f"``{self.method} {self.path}``"]
        if described:
            lines += ["", "Args:", *(f"    {name}: {text}" if text else f"    {name}" for name, text in described)]
        errors = [
            f"    {status}: {self.document.resolve(response)['description']}"
            for status, response in sorted(self.value["responses"].items())
            if status[0] in "45"
        ]
        lines += ["", "Raises ApiError:", *errors]
        text = "\n".join(lines).replace("\\", "\\\\").replace('"""', "'''")
        return '"""' + text.replace("\n", "\n        ").replace("\n        \n", "\n\n") + '\n        """'

    def target(self) -> str:
        path = self.path
        for parameter in self.parameters["path"]:
            path = path.replace(f"{{{parameter['name']}}}", f"{{path_text({python_name(parameter['name'])})}}")
        return f'{"f" if self.parameters["path"] else ""}"{path}"'

    def mapping(self, place: str, *, paging: bool = False) -> str:
        members = [p["name"] for p in self.parameters[place] if not (paging and p["name"] == "cursor")]
        return "{" + ", ".join(f'"{name}": {python_name(name)}' for name in members) + "}"

    def method_text(self, asynchronous: bool) -> str:
        arguments, described = self.arguments()
        call = [repr(self.method), self.target(), "None" if self.result == "None" else self.result]
        if self.parameters["query"]:
            call.append(f"params={self.mapping('query')}")
        if self.parameters["header"]:
            call.append(f"headers={self.mapping('header')}")
        if self.body is not None:
            call.append("json=body" if self._has_required_members() else "json={} if body is None else body")
        lines = [f'    @deprecated("{self.value["summary"]}: deprecated")'] if self.value.get("deprecated") else []
        if self.streams:
            result, awaiting, prefix = f"{'Async' if asynchronous else ''}EventStream[{self.result}]", "", ""
        else:
            result, awaiting, prefix = self.result, "await " * asynchronous, "async " * asynchronous
        lines += [
            f"    {prefix}def {self.name}({', '.join(arguments)}) -> {result}:",
            f"        {self.docstring(described)}",
            f"        return {awaiting}self._transport.{'stream' if self.streams else 'call'}({', '.join(call)})",
        ]
        return "\n".join(lines)

    def iterator_text(self, asynchronous: bool) -> str:
        assert self.rows is not None
        rows, kind = self.rows
        arguments, described = self.arguments(paging=True)
        prefix = "async " * asynchronous
        pages = f"self._transport.pages({self.target()}, {self.result}, {self.mapping('query', paging=True)})"
        lines = [
            f"    {prefix}def iter_{self.name.removeprefix('list_')}({', '.join(arguments)})"
            f" -> {'Async' * asynchronous}Iterator[{kind}]:",
            f"        {self.docstring(described, paging=True)}",
            f"        {prefix}for page in {pages}:",
        ]
        if asynchronous:
            lines += [f"            for row in {rows}:", "                yield row"]
        else:
            lines.append(f"            yield from {rows}")
        return "\n".join(lines)


HEADER = '''"""Generated from openapi.yaml. Do not edit."""
# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from typing_extensions import deprecated

from .._encoding import path_text
from .._events import AsyncEventStream, EventStream
from .._transport import AsyncTransport, Transport
from . import models as m
'''


def class_name(tag: str) -> str:
    return "".join(word.capitalize() for word in tag.split("_"))


def render(document: Document) -> str:
    by_tag: dict[str, list[Operation]] = defaultdict(list)
    for path, item in document.root["paths"].items():
        for method in METHODS:
            if method in item and item[method]["operationId"] not in BY_HAND:
                operation = Operation(document, path, method, item[method])
                by_tag[operation.tag].append(operation)
    tags = [(tag["name"], tag["description"]) for tag in document.root["tags"] if tag["name"] in by_tag]
    info = document.root["info"]
    blocks = [HEADER]
    for asynchronous in (False, True):
        prefix = "Async" * asynchronous
        for tag, description in tags:
            methods = []
            for operation in by_tag[tag]:
                methods.append(operation.method_text(asynchronous))
                if operation.rows:
                    methods.append(operation.iterator_text(asynchronous))
            blocks.append(
                f'class {prefix}{class_name(tag)}:\n    """{description}."""\n\n'
                f"    def __init__(self, transport: {prefix}Transport) -> None:\n"
                "        self._transport = transport\n\n" + "\n\n".join(methods)
            )
        members = "\n".join(f"        self.{tag} = {prefix}{class_name(tag)}(self)" for tag, _ in tags)
        blocks.append(
            f'class {prefix}Client({prefix}Transport):\n    """Version {info["version"]} of the API of {info["title"]}'
            f'{", asynchronous" * asynchronous}. One attribute for each group of operations."""\n\n'
            f'    def __init__(self, base_url: str = "{document.root["servers"][0]["url"]}", '
            "api_key: str | None = None, **options: Any) -> None:\n"
            f"        super().__init__(base_url, api_key, **options)\n{members}\n"
        )
    return "\n\n".join(blocks)


if __name__ == "__main__":
    source, output = sys.argv[1:]
    root = yaml.safe_load(Path(source).read_text(encoding="utf-8"))
    Path(output).write_text(render(Document(root)), encoding="utf-8")
