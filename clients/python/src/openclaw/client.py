"""The clients. Every operation of the contract is a method of the group that it has in the reference, under its operation id:
`listSessions` is `client.sessions.list_sessions`. What the documents have beyond that stands here."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import httpx

from ._generated.api import AsyncOperations, Operations
from ._generated.api.chat import message as _message
from ._generated.api.events import list_events
from ._generated.api.logs import list_logs
from ._generated.models.operator_accepted import OperatorAccepted
from ._generated.models.operator_message_answer import OperatorMessageAnswer
from ._generated.models.operator_message_request import OperatorMessageRequest
from ._generated.types import UNSET
from .connection import AsyncConnection, Connection, Options
from .errors import OpenClawError
from .events import gateway_event, log_entry, message_event
from .messages import AsyncMessages, Messages

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from . import models
    from .connection import Request
    from .events import GatewayEvent, MessageEvent
    from .streams import AsyncEventStream, EventStream

_default_url = "http://127.0.0.1:18789"
#: Seconds, as the documents' own client has it: a turn may call tools before it answers.
_default_timeout = 120.0
_default_retries = 2

Client = TypeVar("Client", bound="_Client")
AsyncClient = TypeVar("AsyncClient", bound="_AsyncClient")


class _Client(Operations):
    def __init__(self, options: Options, http: httpx.Client | None) -> None:
        super().__init__(Connection(options, http or httpx.Client()))
        self._owns_http = http is None

    def __enter__(self: Client) -> Client:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections, but those of an `http_client` that was handed in."""
        if self._owns_http:
            self._connection.http.close()

    def with_options(self: Client, *, timeout: float | None = None, max_retries: int | None = None) -> Client:
        """This client with other options for some calls: `client.with_options(timeout=300).message(…)`. It shares the connections."""
        other = object.__new__(type(self))
        _Client.__init__(other, _changed(self._connection.options, timeout, max_retries), self._connection.http)
        return other

    def follow_events(
        self, *, after: str | None = None, types: Sequence[models.EventType] | None = None, workspace: str | None = None
    ) -> EventStream[GatewayEvent]:
        """What happens in the gateway, as it happens, without end: from now on, or behind `after`, the id of an event. Whoever keeps
        the last id misses nothing."""
        return self._connection.stream(_events_request(after, types, workspace), gateway_event, endless=True)

    def follow_logs(
        self, *, level: models.LogLevel | None = None, q: str | None = None, after: str | None = None
    ) -> EventStream[models.GatewayLogEntry]:
        """The lines of the gateway's own log as they are written, without end."""
        return self._connection.stream(_logs_request(level, q, after), log_entry, endless=True)


class OpenClaw(_Client):
    """A gateway, as the workspaces edition sees it. Safe to share between threads. Every call raises an `OpenClawError` for an error
    answer; one that may pass is tried again before, `max_retries` times. `timeout` is in seconds."""

    def __init__(
        self,
        base_url: str = _default_url,
        api_key: str | None = None,
        *,
        timeout: float = _default_timeout,
        max_retries: int = _default_retries,
        http_client: httpx.Client | None = None,
    ) -> None:
        super().__init__(Options(base_url, api_key, timeout, max_retries), http_client)

    @property
    def messages(self) -> Messages:
        """Turns with the agent of a workspace."""
        return Messages(self._connection)


class OpenClawClient(_Client):
    """A gateway, as the operator edition sees it: the same, but for `message` and `stream`."""

    def __init__(
        self,
        base_url: str = _default_url,
        token: str | None = None,
        *,
        timeout: float = _default_timeout,
        max_retries: int = _default_retries,
        http_client: httpx.Client | None = None,
    ) -> None:
        super().__init__(Options(base_url, token, timeout, max_retries), http_client)

    def message(
        self, message: str, *, conversation_id: str | None = None, channel: str = "api", timeout_ms: int | None = None
    ) -> OperatorMessageAnswer:
        """Says something and waits for the whole answer: its text is `.content`. `conversation_id` goes on with a conversation.
        `timeout_ms` is how long the gateway waits for the model (30 s): then it answers 408, and the run goes on."""
        return _answered(self._connection.call(_message_request(message, conversation_id, channel, timeout_ms), _message.parse))

    def stream(
        self, message: str, *, conversation_id: str | None = None, channel: str = "api", timeout_ms: int | None = None
    ) -> EventStream[MessageEvent]:
        """The same as events: start, delta, tool_use, tool_approval, tool_result, and one done."""
        return self._connection.stream(_message_request(message, conversation_id, channel, timeout_ms), message_event)

    def start(self, message: str, *, conversation_id: str | None = None, channel: str = "api") -> OperatorAccepted:
        """The same, and waits for nothing: `client.runs.get_run(….run_id)` says how it goes."""
        return _accepted(self._connection.call(_message_request(message, conversation_id, channel, wait=False), _message.parse))


class _AsyncClient(AsyncOperations):
    def __init__(self, options: Options, http: httpx.AsyncClient | None) -> None:
        super().__init__(AsyncConnection(options, http or httpx.AsyncClient()))
        self._owns_http = http is None

    async def __aenter__(self: AsyncClient) -> AsyncClient:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Closes the connections, but those of an `http_client` that was handed in."""
        if self._owns_http:
            await self._connection.http.aclose()

    def with_options(self: AsyncClient, *, timeout: float | None = None, max_retries: int | None = None) -> AsyncClient:
        """This client with other options for some calls. It shares the connections."""
        other = object.__new__(type(self))
        _AsyncClient.__init__(other, _changed(self._connection.options, timeout, max_retries), self._connection.http)
        return other

    def follow_events(
        self, *, after: str | None = None, types: Sequence[models.EventType] | None = None, workspace: str | None = None
    ) -> AsyncEventStream[GatewayEvent]:
        """As `OpenClaw.follow_events`."""
        return self._connection.stream(_events_request(after, types, workspace), gateway_event, endless=True)

    def follow_logs(
        self, *, level: models.LogLevel | None = None, q: str | None = None, after: str | None = None
    ) -> AsyncEventStream[models.GatewayLogEntry]:
        """As `OpenClaw.follow_logs`."""
        return self._connection.stream(_logs_request(level, q, after), log_entry, endless=True)


class AsyncOpenClaw(_AsyncClient):
    """`OpenClaw` for asyncio."""

    def __init__(
        self,
        base_url: str = _default_url,
        api_key: str | None = None,
        *,
        timeout: float = _default_timeout,
        max_retries: int = _default_retries,
        http_client: httpx.AsyncClient | None = None,
    ) -> None:
        super().__init__(Options(base_url, api_key, timeout, max_retries), http_client)

    @property
    def messages(self) -> AsyncMessages:
        """Turns with the agent of a workspace."""
        return AsyncMessages(self._connection)


class AsyncOpenClawClient(_AsyncClient):
    """`OpenClawClient` for asyncio."""

    def __init__(
        self,
        base_url: str = _default_url,
        token: str | None = None,
        *,
        timeout: float = _default_timeout,
        max_retries: int = _default_retries,
        http_client: httpx.AsyncClient | None = None,
    ) -> None:
        super().__init__(Options(base_url, token, timeout, max_retries), http_client)

    async def message(
        self, message: str, *, conversation_id: str | None = None, channel: str = "api", timeout_ms: int | None = None
    ) -> OperatorMessageAnswer:
        """As `OpenClawClient.message`."""
        return _answered(await self._connection.call(_message_request(message, conversation_id, channel, timeout_ms), _message.parse))

    def stream(
        self, message: str, *, conversation_id: str | None = None, channel: str = "api", timeout_ms: int | None = None
    ) -> AsyncEventStream[MessageEvent]:
        """As `OpenClawClient.stream`."""
        return self._connection.stream(_message_request(message, conversation_id, channel, timeout_ms), message_event)

    async def start(self, message: str, *, conversation_id: str | None = None, channel: str = "api") -> OperatorAccepted:
        """As `OpenClawClient.start`."""
        return _accepted(await self._connection.call(_message_request(message, conversation_id, channel, wait=False), _message.parse))


def _changed(options: Options, timeout: float | None, max_retries: int | None) -> Options:
    return replace(
        options,
        timeout=options.timeout if timeout is None else timeout,
        max_retries=options.max_retries if max_retries is None else max_retries,
    )


def _message_request(
    message: str, conversation_id: str | None, channel: str, timeout_ms: int | None = None, *, wait: bool = True
) -> Request:
    body = OperatorMessageRequest(
        channel=channel,
        message=message,
        conversation_id=UNSET if conversation_id is None else conversation_id,
        wait_for_response=wait,
        timeout_ms=UNSET if timeout_ms is None else timeout_ms,
    )
    return _message.request(body=body)


def _answered(answer: OperatorAccepted | OperatorMessageAnswer) -> OperatorMessageAnswer:
    if isinstance(answer, OperatorMessageAnswer):
        return answer
    raise _not_as_asked("the answer is not there yet")


def _accepted(answer: OperatorAccepted | OperatorMessageAnswer) -> OperatorAccepted:
    if isinstance(answer, OperatorAccepted):
        return answer
    raise _not_as_asked("it waited for the answer")


def _not_as_asked(what: str) -> OpenClawError:
    return OpenClawError(f"The gateway did not do as it was asked: {what}.", status=200, code="unexpected_answer")


def _events_request(after: str | None, types: Sequence[models.EventType] | None, workspace: str | None) -> Request:
    return list_events.request(
        types=UNSET if types is None else list(types),
        workspace=UNSET if workspace is None else workspace,
        last_event_id=UNSET if after is None else after,
    )


def _logs_request(level: models.LogLevel | None, q: str | None, after: str | None) -> Request:
    return list_logs.request(
        level=UNSET if level is None else level, q=UNSET if q is None else q, last_event_id=UNSET if after is None else after
    )
