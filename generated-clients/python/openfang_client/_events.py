"""Event streams that survive a broken connection: the rest of a run is fetched with `Last-Event-ID`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import Any, Generic, TypeVar

import httpx2 as httpx

from ._encoding import path_text, value_of
from ._errors import ApiError, ConnectionLost, error_of

Event = TypeVar("Event")

#: Every run ends with exactly one of these.
LAST = frozenset({"done", "error"})
#: Statuses after which resuming is tried again.
PASSING = frozenset({429, 502, 503, 504})
LONGEST_PAUSE = 10.0

Open = Callable[..., AbstractContextManager[httpx.EventSource]]
AsyncOpen = Callable[..., AbstractAsyncContextManager[httpx.EventSource]]
Arguments = dict[str, Any]


class _Progress:
    """How far a stream has come; decides whether and when it is resumed."""

    def __init__(self, arguments: Arguments, reconnects: int) -> None:
        self.run_id: str | None = None
        self.session_id: str | None = None
        self.last_event_id: str | None = arguments.get("params", {}).get("after")
        self._reconnects = reconnects
        self._failures = 0

    def opened(self, response: httpx.Response) -> None:
        self.run_id = response.headers.get("x-run-id") or self.run_id
        self.session_id = response.headers.get("x-session-id") or self.session_id

    def received(self, event: httpx.ServerSentEvent) -> None:
        self.last_event_id = event.id or self.last_event_id
        self._failures = 0

    def pause(self, cause: ApiError | None) -> float:
        """Seconds to wait before the next attempt; raises when there is none."""
        if cause is not None and cause.status not in PASSING:
            raise cause
        self._failures += 1
        if self.run_id is None or self._failures > self._reconnects:
            raise cause or ConnectionLost(self.run_id, self.last_event_id)
        longest = min(0.1 * 2.0**self._failures, LONGEST_PAUSE)
        return longest if cause is None or cause.retry_after is None else min(cause.retry_after, LONGEST_PAUSE)

    def resume(self, timeout: float | None) -> tuple[str, str, Arguments]:
        headers = {} if self.last_event_id is None else {"last-event-id": self.last_event_id}
        return "GET", f"/api/runs/{path_text(self.run_id)}/stream", {"headers": headers, "timeout": timeout}


class EventStream(Generic[Event]):
    """The events of a run, up to its last one. Iterate it; use `with` to leave early. Leaving does not stop the run.

    A message is never sent twice: when the connection breaks, only the events that are missing are asked for.
    `step_discarded` voids the text with an id above its `discards_after`, as a model's answer is begun anew.
    """

    def __init__(self, open_: Open, method: str, path: str, arguments: Arguments, kind: Any, reconnects: int) -> None:
        self._open, self._kind = open_, kind
        self._request = (method, path, arguments)
        self._progress = _Progress(arguments, reconnects)
        self._context: AbstractContextManager[httpx.EventSource] | None = None
        self._source: httpx.EventSource | None = None

    @property
    def run_id(self) -> str | None:
        """The run, once the stream is open."""
        return self._progress.run_id

    @property
    def session_id(self) -> str | None:
        return self._progress.session_id

    @property
    def last_event_id(self) -> str | None:
        """Id of the last event that arrived."""
        return self._progress.last_event_id

    def __enter__(self) -> EventStream[Event]:
        self._connect(*self._request)
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._source = None
        context, self._context = self._context, None
        if context is not None:
            context.__exit__(None, None, None)

    def _connect(self, method: str, path: str, arguments: Arguments) -> None:
        self._context = self._open(path, method=method, **arguments)
        source = self._context.__enter__()
        if source.response.is_error:
            source.response.read()
            error = error_of(source.response)
            self.close()
            raise error
        self._progress.opened(source.response)
        if source.response.status_code == 204:
            self.close()
        else:
            self._source = source

    def __iter__(self) -> Iterator[Event]:
        if self._context is None:
            self.__enter__()
        try:
            while self._source is not None:
                try:
                    for event in self._source:
                        if not event.data:
                            continue
                        self._progress.received(event)
                        yield value_of(event.data, self._kind)
                        if event.event in LAST:
                            return
                except httpx.TransportError:
                    pass
                self._resume()
        finally:
            self.close()

    def _resume(self) -> None:
        cause: ApiError | None = None
        while True:
            self.close()
            time.sleep(self._progress.pause(cause))
            try:
                return self._connect(*self._progress.resume(self._request[2].get("timeout")))
            except ApiError as error:
                cause = error
            except httpx.TransportError:
                cause = None


class AsyncEventStream(Generic[Event]):
    """As `EventStream`, with `async for` and `async with`."""

    def __init__(
        self, open_: AsyncOpen, method: str, path: str, arguments: Arguments, kind: Any, reconnects: int
    ) -> None:
        self._open, self._kind = open_, kind
        self._request = (method, path, arguments)
        self._progress = _Progress(arguments, reconnects)
        self._context: AbstractAsyncContextManager[httpx.EventSource] | None = None
        self._source: httpx.EventSource | None = None

    @property
    def run_id(self) -> str | None:
        """The run, once the stream is open."""
        return self._progress.run_id

    @property
    def session_id(self) -> str | None:
        return self._progress.session_id

    @property
    def last_event_id(self) -> str | None:
        """Id of the last event that arrived."""
        return self._progress.last_event_id

    async def __aenter__(self) -> AsyncEventStream[Event]:
        await self._connect(*self._request)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        self._source = None
        context, self._context = self._context, None
        if context is not None:
            await context.__aexit__(None, None, None)

    async def _connect(self, method: str, path: str, arguments: Arguments) -> None:
        self._context = self._open(path, method=method, **arguments)
        source = await self._context.__aenter__()
        if source.response.is_error:
            await source.response.aread()
            error = error_of(source.response)
            await self.aclose()
            raise error
        self._progress.opened(source.response)
        if source.response.status_code == 204:
            await self.aclose()
        else:
            self._source = source

    async def __aiter__(self) -> AsyncIterator[Event]:
        if self._context is None:
            await self.__aenter__()
        try:
            while self._source is not None:
                try:
                    async for event in self._source:
                        if not event.data:
                            continue
                        self._progress.received(event)
                        yield value_of(event.data, self._kind)
                        if event.event in LAST:
                            return
                except httpx.TransportError:
                    pass
                await self._resume()
        finally:
            await self.aclose()

    async def _resume(self) -> None:
        cause: ApiError | None = None
        while True:
            await self.aclose()
            await asyncio.sleep(self._progress.pause(cause))
            try:
                return await self._connect(*self._progress.resume(self._request[2].get("timeout")))
            except ApiError as error:
                cause = error
            except httpx.TransportError:
                cause = None
