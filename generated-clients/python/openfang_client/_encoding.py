"""From Python values to requests and from responses to Python values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import httpx2 as httpx
from pydantic import BaseModel, TypeAdapter


def path_text(value: Any) -> str:
    return quote(_text(value), safe="")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Enum):
        return str(value.value)
    return str(value)


def request_parts(
    params: Mapping[str, Any] | None = None, headers: Mapping[str, Any] | None = None, json: Any = None
) -> dict[str, Any]:
    """Arguments for httpx. None means absent."""
    parts: dict[str, Any] = {
        "params": {
            name: [_text(item) for item in value] if isinstance(value, list) else _text(value)
            for name, value in (params or {}).items()
            if value is not None
        },
        "headers": {name: _text(value) for name, value in (headers or {}).items() if value is not None},
    }
    if json is not None:
        parts["json"] = plain(json)
    return parts


def plain(value: Any) -> Any:
    """JSON-ready. Members of a model that were not set stay out, so that a PATCH tells "leave" from "clear"."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return TypeAdapter(type(value)).dump_python(value, mode="json", by_alias=True)


@lru_cache(maxsize=1024)
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def value_of(content: bytes | str, kind: Any) -> Any:
    return _adapter(kind).validate_json(content)


def result_of(response: httpx.Response, kind: Any) -> Any:
    # No content is possible beside a body too: a stream whose end was already seen.
    if kind is None or response.status_code == 204:
        return None
    if kind is bytes:
        return response.content
    if kind is str:
        return response.text
    return value_of(response.content, kind)
