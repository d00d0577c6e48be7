"""Answers that come as events. A connection that breaks off is taken up again behind the last event, so that nothing is lost
or doubled; after eight attempts in a row that brought nothing it is given up."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from urllib.parse import quote

import httpx

from .errors import OpenClawConnectionError, OpenClawError, error_of_event, error_of_transport, unexpected_answer
from .retries import backoff
from .server_sent_events import EventDecoder, ServerSentEvent

if TYPE_CHECKING:
    from types import TracebackType

    from .connection import AsyncConnection, Connection, Request

Event = TypeVar("Event")

#: With the waits below about 20 s: the gateway keeps a run for 30 s after its last reader has gone.
_most_resumes = 8


class _Progress(Generic[Event]):
    """How far a stream has come, apart from the connection that brought it here."""

    def __init__(self, request: Request, parse: Callable[[Any], Event], *, endless: bool) -> None:
        self._first = request
        self._parse = parse
        self._endless = endless
        self._resumes = 0
        self._last_event_id: str | None = None
        self.run_id: str | None = None
        self.request_id: str | None = None

    def opened(self, response: httpx.Response) -> None:
        self.request_id = self.request_id or response.headers.get("x-request-id")
        self.run_id = self.run_id or response.headers.get("x-run-id")

    def take(self, sent: ServerSentEvent, response: httpx.Response) -> tuple[list[Event], bool]:
        """The event, if there is one that this version knows; and whether it is the last. Raises the error that a stream ends with."""
        self._resumes = 0
        self._last_event_id = sent.id or self._last_event_id
        if sent.data == "[DONE]":
            return [], True
        try:
            data = json.loads(sent.data)
        except ValueError as cause:
            raise unexpected_answer(response, "The stream has an event that is no JSON") from cause
        if error := error_of_event(data, response.headers):
            raise error
        is_last = not self._endless and isinstance(data, dict) and data.get("type") in ("done", "end")
        try:
            return [self._parse(data)], is_last
        except (TypeError, ValueError, KeyError, AttributeError) as cause:
            # A newer gateway may tell of more than this version knows.
            if is_last:
                raise unexpected_answer(response, "The stream's last event does not fit the contract") from cause
            return [], False

    def resumption(self) -> Request:
        """The request for what has not come yet."""
        if self.run_id is not None and not self._endless:
            request: Request = {"method": "get", "url": f"/api/v1/runs/{quote(self.run_id, safe='')}/events"}
        else:
            # Nothing has come yet, and with the same `Idempotency-Key` it is the same turn; or it goes on behind the last event.
            request = self._first
        if self._last_event_id is None:
            return request
        return {**request, "headers": {**request.get("headers", {}), "Last-Event-ID": self._last_event_id}}

    def wait(self, cause: OpenClawError) -> float:
        """Seconds before the next attempt. Raises when there is none left, or when it would not help."""
        may_pass = cause.status in (0, 429, 502, 503, 504) or (cause.status == 409 and cause.retry_after is not None)
        if not may_pass:
            raise cause
        if self._resumes >= _most_resumes:
            raise OpenClawConnectionError(f"The stream broke off and could not be taken up again: {cause}") from cause
        self._resumes += 1
        return max(cause.retry_after or 0.0, backoff(self._resumes - 1, first=0.2, longest=5))


def _cut(error: Exception | None, response: httpx.Response) -> OpenClawConnectionError:
    return error_of_transport(error or httpx.ReadError("the connection was closed"), response.request)


class EventStream(Iterator[Event]):
    """An iterator over events. The request is sent when the loop begins. Leaving the loop early closes the connection (at once when
    it is used as a context manager); the turn goes on in the gateway until it ends or `cancel()` is called."""

    def __init__(self, connection: Connection, request: Request, parse: Callable[[Any], Event], *, endless: bool = False) -> None:
        self._connection = connection
        self._request = request
        self._progress = _Progress(request, parse, endless=endless)
        self._events = self._read()

    @property
    def run_id(self) -> str | None:
        """The run behind the stream, for `client.runs`; known once the loop has begun."""
        return self._progress.run_id

    @property
    def request_id(self) -> str | None:
        """What the gateway's log has the request under; known once the loop has begun."""
        return self._progress.request_id

    def __next__(self) -> Event:
        return next(self._events)

    def __enter__(self) -> EventStream[Event]:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the connection. The turn goes on."""
        self._events.close()

    def cancel(self) -> None:
        """Stops the turn itself; what was said so far is kept. Nothing happens when it has ended already."""
        self.close()
        if self.run_id is not None:
            self._connection.call({"method": "post", "url": f"/api/v1/runs/{quote(self.run_id, safe='')}/cancel"}, _ignore)

    def _read(self) -> Generator[Event, None, None]:
        response = self._connection.open(self._request)
        while True:
            self._progress.opened(response)
            broken: Exception | None = None
            try:
                # 204: whoever has seen the last event has missed nothing.
                if response.status_code == 204:
                    return
                decoder = EventDecoder()
                for piece in response.iter_bytes():
                    for sent in decoder.feed(piece):
                        events, is_last = self._progress.take(sent, response)
                        yield from events
                        if is_last:
                            return
            except httpx.HTTPError as error:
                broken = error
            finally:
                response.close()
            cause: OpenClawError = _cut(broken, response)
            while True:
                time.sleep(self._progress.wait(cause))
                try:
                    response = self._connection.open(self._progress.resumption(), retry=False)
                    break
                except OpenClawError as error:
                    cause = error


class AsyncEventStream(AsyncIterator[Event]):
    """The same for `async for`."""

    def __init__(self, connection: AsyncConnection, request: Request, parse: Callable[[Any], Event], *, endless: bool = False) -> None:
        self._connection = connection
        self._request = request
        self._progress = _Progress(request, parse, endless=endless)
        self._events = self._read()

    @property
    def run_id(self) -> str | None:
        """The run behind the stream, for `client.runs`; known once the loop has begun."""
        return self._progress.run_id

    @property
    def request_id(self) -> str | None:
        """What the gateway's log has the request under; known once the loop has begun."""
        return self._progress.request_id

    async def __anext__(self) -> Event:
        return await self._events.__anext__()

    async def __aenter__(self) -> AsyncEventStream[Event]:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Lets go of the connection. The turn goes on."""
        await self._events.aclose()

    async def cancel(self) -> None:
        """Stops the turn itself; what was said so far is kept. Nothing happens when it has ended already."""
        await self.aclose()
        if self.run_id is not None:
            await self._connection.call({"method": "post", "url": f"/api/v1/runs/{quote(self.run_id, safe='')}/cancel"}, _ignore)

    async def _read(self) -> AsyncGenerator[Event, None]:
        response = await self._connection.open(self._request)
        while True:
            self._progress.opened(response)
            broken: Exception | None = None
            try:
                if response.status_code == 204:
                    return
                decoder = EventDecoder()
                async for piece in response.aiter_bytes():
                    for sent in decoder.feed(piece):
                        events, is_last = self._progress.take(sent, response)
                        for event in events:
                            yield event
                        if is_last:
                            return
            except httpx.HTTPError as error:
                broken = error
            finally:
                await response.aclose()
            cause: OpenClawError = _cut(broken, response)
            while True:
                await asyncio.sleep(self._progress.wait(cause))
                try:
                    response = await self._connection.open(self._progress.resumption(), retry=False)
                    break
                except OpenClawError as error:
                    cause = error


def _ignore(response: httpx.Response) -> None:  # noqa: ARG001
    return None
