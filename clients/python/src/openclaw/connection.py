"""One gateway over HTTP: sends requests, again where that helps, and turns error answers into exceptions."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

import httpx

from .errors import OpenClawError, error_of_answer, error_of_transport, unexpected_answer
from .retries import wait_after_answer, wait_after_failure
from .streams import AsyncEventStream, Event, EventStream

if TYPE_CHECKING:
    from collections.abc import Callable

#: `method`, `url`, and what else `httpx.Client.request` takes. The generated operations make them.
Request = dict[str, Any]
Answer = TypeVar("Answer")

#: Seconds. The gateway sends a heartbeat every 15 s: after three that did not come a stream is dead, whatever TCP says.
_stalled_after = 45.0
_user_agent = f"openclaw-python/{version('openclaw')}"


@dataclass(frozen=True)
class Options:
    """How a client talks to its gateway."""

    base_url: str
    token: str | None = field(repr=False)
    #: Seconds in which something of the answer must come.
    timeout: float
    max_retries: int

    def __post_init__(self) -> None:
        url = httpx.URL(self.base_url)
        if url.scheme not in ("http", "https") or not url.host:
            raise ValueError(f"base_url must be like http://127.0.0.1:18789, not {self.base_url!r}")

    def httpx_request(self, request: Request, *, is_stream: bool) -> httpx.Request:
        """With what every request has."""
        headers = httpx.Headers(request.get("headers"))
        headers["User-Agent"] = _user_agent
        if is_stream:
            headers["Accept"] = "text/event-stream"
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        timeout = httpx.Timeout(self.timeout, connect=min(10.0, self.timeout))
        return httpx.Request(
            request["method"].upper(),
            self.base_url.rstrip("/") + request["url"],
            params=request.get("params"),
            json=request.get("json"),
            headers=headers,
            extensions={"timeout": timeout.as_dict()},
        )


def _with_key(request: Request) -> Request:
    """A POST with an `Idempotency-Key`, so that it can be sent again and is carried out once."""
    if request["method"] != "post" or "Idempotency-Key" in request.get("headers", {}):
        return request
    return {**request, "headers": {**request.get("headers", {}), "Idempotency-Key": str(uuid4())}}


def _checked_stream(response: httpx.Response) -> httpx.Response:
    """Says so when something else than a gateway answers at the address, such as a web page."""
    found = response.headers.get("content-type", "")
    if response.status_code != 204 and "text/event-stream" not in found:
        raise unexpected_answer(response, f"The answer is `{found}`, not `text/event-stream`")
    return response


def _parsed(parse: Callable[[httpx.Response], Answer], response: httpx.Response) -> Answer:
    try:
        return parse(response)
    except (TypeError, ValueError, KeyError, AttributeError) as cause:
        raise unexpected_answer(response, f"The answer could not be read ({type(cause).__name__}: {cause})") from cause


class Connection:
    """For the sync clients."""

    def __init__(self, options: Options, http: httpx.Client) -> None:
        self.options = options
        self.http = http

    def call(self, request: Request, parse: Callable[[httpx.Response], Answer]) -> Answer:
        """The answer, parsed. Raises an OpenClawError."""
        return _parsed(parse, self._send(_with_key(request), is_stream=False, retry=True))

    def stream(self, request: Request, parse_event: Callable[[Any], Event], *, endless: bool = False) -> EventStream[Event]:
        return EventStream(self, _with_key(request), parse_event, endless=endless)

    def open(self, request: Request, *, retry: bool = True) -> httpx.Response:
        """An answer in events, with its body unread."""
        response = self._send(request, is_stream=True, retry=retry)
        # Heartbeats come once the stream has begun, and a model may think for long before. httpx asks this anew with each read.
        response.request.extensions["timeout"]["read"] = _stalled_after
        try:
            return _checked_stream(response)
        except OpenClawError:
            response.close()
            raise

    def _send(self, request: Request, *, is_stream: bool, retry: bool) -> httpx.Response:
        retries = self.options.max_retries if retry else 0
        attempt = 0
        while True:
            sent = self.options.httpx_request(request, is_stream=is_stream)
            try:
                response = self.http.send(sent, stream=is_stream)
                if response.is_success:
                    return response
                response.read()
                wait, error = wait_after_answer(response, attempt), error_of_answer(response)
            except httpx.RequestError as cause:
                wait, error = wait_after_failure(cause, sent, attempt), error_of_transport(cause, sent)
                error.__cause__ = cause
            if wait is None or attempt >= retries:
                raise error
            time.sleep(wait)
            attempt += 1


class AsyncConnection:
    """For the async clients."""

    def __init__(self, options: Options, http: httpx.AsyncClient) -> None:
        self.options = options
        self.http = http

    async def call(self, request: Request, parse: Callable[[httpx.Response], Answer]) -> Answer:
        """The answer, parsed. Raises an OpenClawError."""
        return _parsed(parse, await self._send(_with_key(request), is_stream=False, retry=True))

    def stream(self, request: Request, parse_event: Callable[[Any], Event], *, endless: bool = False) -> AsyncEventStream[Event]:
        return AsyncEventStream(self, _with_key(request), parse_event, endless=endless)

    async def open(self, request: Request, *, retry: bool = True) -> httpx.Response:
        """An answer in events, with its body unread."""
        response = await self._send(request, is_stream=True, retry=retry)
        # Heartbeats come once the stream has begun, and a model may think for long before. httpx asks this anew with each read.
        response.request.extensions["timeout"]["read"] = _stalled_after
        try:
            return _checked_stream(response)
        except OpenClawError:
            await response.aclose()
            raise

    async def _send(self, request: Request, *, is_stream: bool, retry: bool) -> httpx.Response:
        retries = self.options.max_retries if retry else 0
        attempt = 0
        while True:
            sent = self.options.httpx_request(request, is_stream=is_stream)
            try:
                response = await self.http.send(sent, stream=is_stream)
                if response.is_success:
                    return response
                await response.aread()
                wait, error = wait_after_answer(response, attempt), error_of_answer(response)
            except httpx.RequestError as cause:
                wait, error = wait_after_failure(cause, sent, attempt), error_of_transport(cause, sent)
                error.__cause__ = cause
            if wait is None or attempt >= retries:
                raise error
            await asyncio.sleep(wait)
            attempt += 1
