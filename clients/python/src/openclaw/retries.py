"""Whether and when a request is sent again. Sending is the connection's, sync or async."""

from __future__ import annotations

import random

import httpx

from .errors import retry_after_of

_first_wait = 0.5
_longest_wait = 8.0
#: Seconds. A longer `Retry-After` is for the caller to decide on.
_longest_retry_after = 30.0


def backoff(attempt: int, *, first: float = _first_wait, longest: float = _longest_wait) -> float:
    """Seconds to wait behind attempt 0, 1, …: doubled each time, and a quarter more or less, so that clients do not come in step."""
    return min(first * 2.0**attempt, longest) * random.uniform(0.75, 1.25)  # noqa: S311


def wait_after_answer(response: httpx.Response, attempt: int) -> float | None:
    """Seconds to wait before the request of this answer is sent again; None when that may not help."""
    asked = retry_after_of(response.headers)
    if response.status_code not in (409, 429, 502, 503, 504) or (asked or 0) > _longest_retry_after:
        return None
    # A 409 that does not say when to come back stays one. Those that do are of requests that are still under way.
    if response.status_code in (409, 429) and asked is None:
        return None
    if not _is_repeatable(response.request) and asked is None:
        return None
    return max(asked or 0.0, backoff(attempt))


def wait_after_failure(error: httpx.RequestError, request: httpx.Request, attempt: int) -> float | None:
    """The same where no answer came. A request that never left may be sent again whatever it is."""
    never_left = isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout))
    # Who has waited out the whole time-out once does not want to wait for it again.
    if not never_left and (isinstance(error, httpx.TimeoutException) or not _is_repeatable(request)):
        return None
    return backoff(attempt)


def _is_repeatable(request: httpx.Request) -> bool:
    """Whether sending it twice does nothing twice: RFC 9110, 9.2.2, and what the gateway promises of an `Idempotency-Key`."""
    return request.method in ("GET", "HEAD", "PUT", "DELETE") or "idempotency-key" in request.headers
