"""What a call raises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Mapping


class OpenClawError(Exception):
    """Whatever the gateway refused, and whatever went wrong on the way to it. The message is for people."""

    def __init__(
        self,
        message: str,
        *,
        status: int,
        code: str,
        details: Mapping[str, Any] | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        #: The HTTP status; for the error event of a stream, the one that a JSON answer would have had; 0 when no answer came.
        self.status = status
        #: Stable, for programs: `not_found`, `rate_limited`, … New codes may come.
        self.code = code
        #: Facts beside the message, such as `{"errors": [{"path", "message"}]}` of a body that was refused.
        self.details: Mapping[str, Any] = details or {}
        #: What the gateway's log has the request under.
        self.request_id = request_id
        #: Seconds after which it may work, where the gateway says so.
        self.retry_after = retry_after
        #: The answer's headers; upper and lower case are the same.
        self.headers: Mapping[str, str] = headers if headers is not None else httpx.Headers()

    def __str__(self) -> str:
        return f"{self.message} ({self.status} {self.code})" if self.status else self.message


class BadRequestError(OpenClawError):
    """400: the request does not fit the contract; `details["errors"]` lists every fault."""


class AuthenticationError(OpenClawError):
    """401: the token is missing or not valid."""


class PermissionDeniedError(OpenClawError):
    """403: the key lacks the operation's permission."""


class NotFoundError(OpenClawError):
    """404: there is no such object, or this key may not see it."""


class ConflictError(OpenClawError):
    """409: something stands in the way, such as another request with the same `Idempotency-Key`."""


class RateLimitError(OpenClawError):
    """429: a limit is exceeded. `retry_after` says when to come back."""


class OpenClawConnectionError(OpenClawError):
    """No answer came, or it broke off: the gateway is not there, or the network is at fault. `status` is 0."""

    def __init__(self, message: str, *, code: str = "connection_failed") -> None:
        super().__init__(message, status=0, code=code)


class OpenClawTimeoutError(OpenClawConnectionError):
    """No answer came within the client's `timeout`. Whether the request was carried out is not known."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="client_timeout")


_of_status: dict[int, type[OpenClawError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    429: RateLimitError,
}


def error_of_answer(response: httpx.Response) -> OpenClawError:
    """The error of an answer whose body was read, in any of the gateway's faces; or of its status, where something else answered."""
    try:
        body: object = response.json()
    except ValueError:
        body = None
    return _error(body, response.status_code, response.headers)


def error_of_event(event: object, headers: httpx.Headers) -> OpenClawError | None:
    """The error that a stream ends with, or None when the event is none."""
    if not isinstance(event, dict) or "error" not in event or event.get("type", "error") != "error":
        return None
    status = event.get("status")
    return _error(event, status if isinstance(status, int) else 500, headers)


def error_of_transport(error: Exception, request: httpx.Request) -> OpenClawConnectionError:
    """What httpx raised, as the error of this package."""
    kind = OpenClawTimeoutError if isinstance(error, httpx.TimeoutException) else OpenClawConnectionError
    return kind(f"No answer from {_origin(request)}: {str(error) or type(error).__name__}")


def unexpected_answer(response: httpx.Response, what: str) -> OpenClawError:
    """Something else than the contract has; perhaps no gateway is there."""
    return OpenClawError(
        f"{what}: is {_origin(response.request)} an OpenClaw gateway?",
        status=response.status_code,
        code="unexpected_answer",
        request_id=response.headers.get("x-request-id"),
        headers=response.headers,
    )


def retry_after_of(headers: httpx.Headers) -> float | None:
    """`Retry-After` in seconds (RFC 9110, 10.2.3); None when it is missing or a date."""
    value = headers.get("retry-after", "")
    return float(value) if value.isascii() and value.isdigit() else None


def _origin(request: httpx.Request) -> str:
    """Of the address only what is no secret: neither a password nor the query."""
    return f"{request.url.scheme}://{request.url.netloc.decode('ascii')}"


def _error(body: object, status: int, headers: httpx.Headers) -> OpenClawError:
    """`{error: code, message, …}`, `{error: {code, message, details}}`, or OpenAI's `{error: {message, type, code}}`."""
    outer = body if isinstance(body, dict) else {}
    inner = outer["error"] if isinstance(outer.get("error"), dict) else outer
    code = (inner.get("code") or inner.get("type")) if inner is not outer else outer.get("error")
    message = inner.get("message")
    if not isinstance(code, str) or not isinstance(message, str):
        code, message = "unexpected_answer", f"The gateway answered {status}"
    details, request_id, retry_after = inner.get("details"), outer.get("requestId"), outer.get("retryAfter")
    return _of_status.get(status, OpenClawError)(
        message,
        status=status,
        code=code,
        details=details if isinstance(details, dict) else None,
        request_id=request_id if isinstance(request_id, str) else headers.get("x-request-id"),
        retry_after=retry_after if isinstance(retry_after, (int, float)) else retry_after_of(headers),
        headers=headers,
    )
