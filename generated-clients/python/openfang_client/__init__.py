"""Python client of the openfang HTTP API. Start with `Client` or `AsyncClient`; `models` holds the wire types."""

from ._errors import (
    ApiError,
    BadRequest,
    Conflict,
    ConnectionLost,
    Forbidden,
    NotFound,
    ServerError,
    TooManyRequests,
    Unauthorized,
)
from ._events import AsyncEventStream, EventStream
from .generated import models
from .generated.client import AsyncClient, Client

__all__ = [
    "ApiError",
    "AsyncClient",
    "AsyncEventStream",
    "BadRequest",
    "Client",
    "Conflict",
    "ConnectionLost",
    "EventStream",
    "Forbidden",
    "NotFound",
    "ServerError",
    "TooManyRequests",
    "Unauthorized",
    "models",
]
