"""What failed calls raise: one class per status that is worth telling apart, all of them `ApiError`."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2 as httpx


class ApiError(Exception):
    """An answer outside 2xx. Branch on `code`; `request_id` names the request in the server's log."""

    def __init__(self, response: httpx.Response) -> None:
        self.status: int = response.status_code
        self.headers: httpx.Headers = response.headers
        try:
            self.body: Any = response.json()
        except ValueError:
            self.body = response.text
        known: dict[str, Any] = self.body if isinstance(self.body, dict) else {}
        self.code: str = known.get("code", "")
        self.message: str = str(known.get("error") or str(self.body)[:200] or response.reason_phrase)
        self.details: list[dict[str, Any]] = known.get("details", [])
        self.request_id: str = str(known.get("request_id") or response.headers.get("x-request-id", ""))
        super().__init__(f"{self.status} {self.code}: {self.message}")

    @property
    def retry_after(self) -> float | None:
        """Seconds after which a repeat can succeed, when the server said so."""
        value = self.headers.get("retry-after")
        if value is None:
            return None
        try:
            return max(0.0, float(value))
        except ValueError:
            return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())


class BadRequest(ApiError):
    """400: `details` name the fields."""


class Unauthorized(ApiError):
    """401: no credential, or one that is not valid."""


class Forbidden(ApiError):
    """403: the credential lacks a scope."""


class NotFound(ApiError):
    """404."""


class Conflict(ApiError):
    """409: the state of the thing does not allow it."""


class TooManyRequests(ApiError):
    """429: a rate limit, a quota or a budget; `code` says which."""


class ServerError(ApiError):
    """5xx: a fault of the server or of a model provider behind it."""


class ConnectionLost(Exception):
    """An event stream broke off and could not be resumed; its run goes on. Follow it with `runs.stream_run`."""

    def __init__(self, run_id: str | None, last_event_id: str | None) -> None:
        self.run_id = run_id
        self.last_event_id = last_event_id
        super().__init__(f"the event stream of run {run_id or '?'} broke off after event {last_event_id or 0}")


_BY_STATUS: dict[int, type[ApiError]] = {
    400: BadRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    429: TooManyRequests,
}


def error_of(response: httpx.Response) -> ApiError:
    kind = ServerError if response.status_code >= 500 else _BY_STATUS.get(response.status_code, ApiError)
    return kind(response)
