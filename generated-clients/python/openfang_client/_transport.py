"""The transport under the generated clients: credentials, retry on 429, pages, event streams, WebSocket."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Self

import httpx2 as httpx
from httpx2.websockets import AsyncWebSocketSession, WebSocketSession

from ._encoding import path_text, request_parts, result_of
from ._errors import error_of
from ._events import AsyncEventStream, EventStream

#: The server keeps a stream alive every 15 seconds; silence of this length means that the connection is dead.
STREAM_TIMEOUT = 45.0
#: A waiting call may take ten minutes.
CALL_TIMEOUT = httpx.Timeout(630.0, connect=10.0)


class _Settings:
    def __init__(self, retries: int, longest_wait: float, reconnects: int) -> None:
        self.retries, self.longest_wait, self.reconnects = retries, longest_wait, reconnects

    def wait(self, response: httpx.Response, attempt: int) -> float | None:
        """Seconds before a refused call is repeated; None = not at all. A 429 means that nothing was done."""
        if response.status_code != 429 or attempt >= self.retries:
            return None
        retry_after = error_of(response).retry_after
        seconds = 1.0 if retry_after is None else retry_after
        return seconds if seconds <= self.longest_wait else None


def _next_page(response: httpx.Response, page: Any) -> str | None:
    cursor: str | None = response.headers.get("x-next-cursor") if isinstance(page, list) else page.next_cursor
    return cursor or None


def _socket_parameters(session_id: Any, run_id: Any, last_event_id: int | None) -> dict[str, Any]:
    parameters = {"session_id": session_id, "run_id": run_id, "last_event_id": last_event_id}
    sent: dict[str, Any] = request_parts(parameters)["params"]
    return sent


class Transport:
    """Connection settings shared by all calls. Use it with `with`, or call `close()`.

    A call that was refused with 429 is repeated up to `retries` times when the server asks for a pause of at most
    `longest_wait` seconds; a broken event stream is resumed up to `reconnects` times in a row.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str | None = None,
        *,
        retries: int = 2,
        longest_wait: float = 30.0,
        reconnects: int = 5,
        timeout: httpx.Timeout | float | None = CALL_TIMEOUT,
        http: httpx.Client | None = None,
    ) -> None:
        self._settings = _Settings(retries, longest_wait, reconnects)
        self._http = http or httpx.Client(timeout=timeout)
        self._http.base_url = httpx.URL(base_url)
        if api_key:
            self._http.headers["authorization"] = f"Bearer {api_key}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def _send(self, method: str, path: str, parts: dict[str, Any]) -> httpx.Response:
        attempt = 0
        while True:
            response = self._http.request(method, path, **parts)
            wait = self._settings.wait(response, attempt)
            if wait is None:
                break
            time.sleep(wait)
            attempt += 1
        if response.is_error:
            raise error_of(response)
        return response

    def call(self, method: str, path: str, kind: Any, **inputs: Any) -> Any:
        return result_of(self._send(method, path, request_parts(**inputs)), kind)

    def pages(self, path: str, kind: Any, params: Mapping[str, Any]) -> Iterator[Any]:
        cursor: str | None = None
        while True:
            response = self._send("GET", path, request_parts({**params, "cursor": cursor}))
            page = result_of(response, kind)
            yield page
            cursor = _next_page(response, page)
            if cursor is None:
                return

    def stream(self, method: str, path: str, kind: Any, **inputs: Any) -> EventStream[Any]:
        parts = {**request_parts(**inputs), "timeout": STREAM_TIMEOUT}
        return EventStream(self._http.sse, method, path, parts, kind, self._settings.reconnects)

    @contextmanager
    def agent_ws(
        self, agent: Any, *, session_id: Any = None, run_id: Any = None, last_event_id: int | None = None
    ) -> Iterator[WebSocketSession]:
        """The WebSocket of an agent (UUID or name): `ws.send_json({"type": "message", ...})`, `ws.receive_json()`."""
        parameters = _socket_parameters(session_id, run_id, last_event_id)
        with self._http.websocket(f"/api/agents/{path_text(agent)}/ws", params=parameters) as socket:
            yield socket


class AsyncTransport:
    """As `Transport`, asynchronous."""

    def __init__(
        self,
        base_url: str,
        api_key: str | None = None,
        *,
        retries: int = 2,
        longest_wait: float = 30.0,
        reconnects: int = 5,
        timeout: httpx.Timeout | float | None = CALL_TIMEOUT,
        http: httpx.AsyncClient | None = None,
    ) -> None:
        self._settings = _Settings(retries, longest_wait, reconnects)
        self._http = http or httpx.AsyncClient(timeout=timeout)
        self._http.base_url = httpx.URL(base_url)
        if api_key:
            self._http.headers["authorization"] = f"Bearer {api_key}"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await self._http.aclose()

    async def _send(self, method: str, path: str, parts: dict[str, Any]) -> httpx.Response:
        attempt = 0
        while True:
            response = await self._http.request(method, path, **parts)
            wait = self._settings.wait(response, attempt)
            if wait is None:
                break
            await asyncio.sleep(wait)
            attempt += 1
        if response.is_error:
            raise error_of(response)
        return response

    async def call(self, method: str, path: str, kind: Any, **inputs: Any) -> Any:
        return result_of(await self._send(method, path, request_parts(**inputs)), kind)

    async def pages(self, path: str, kind: Any, params: Mapping[str, Any]) -> AsyncIterator[Any]:
        cursor: str | None = None
        while True:
            response = await self._send("GET", path, request_parts({**params, "cursor": cursor}))
            page = result_of(response, kind)
            yield page
            cursor = _next_page(response, page)
            if cursor is None:
                return

    def stream(self, method: str, path: str, kind: Any, **inputs: Any) -> AsyncEventStream[Any]:
        parts = {**request_parts(**inputs), "timeout": STREAM_TIMEOUT}
        return AsyncEventStream(self._http.sse, method, path, parts, kind, self._settings.reconnects)

    @asynccontextmanager
    async def agent_ws(
        self, agent: Any, *, session_id: Any = None, run_id: Any = None, last_event_id: int | None = None
    ) -> AsyncIterator[AsyncWebSocketSession]:
        """As `Transport.agent_ws`."""
        parameters = _socket_parameters(session_id, run_id, last_event_id)
        async with self._http.websocket(f"/api/agents/{path_text(agent)}/ws", params=parameters) as socket:
            yield socket
