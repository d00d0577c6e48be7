"""Turns with the agent of a workspace, as the workspaces edition has them: `client.messages` of `OpenClaw`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ._generated.api.chat import send_message, stream_message
from ._generated.models.send_message_request import SendMessageRequest
from ._generated.models.send_message_request_context import SendMessageRequestContext
from ._generated.models.token_event import TokenEvent
from ._generated.types import UNSET

if TYPE_CHECKING:
    from types import TracebackType
    from typing import TypeAlias

    from . import models
    from .connection import AsyncConnection, Connection
    from .streams import AsyncEventStream, EventStream

    #: A turn of the workspaces edition, as it is made. Its error event is raised.
    TurnEvent: TypeAlias = (
        models.TokenEvent
        | models.WorkspacesToolUseEvent
        | models.WorkspacesToolApprovalEvent
        | models.WorkspacesToolResultEvent
        | models.WorkspacesDoneEvent
        | models.ErrorEvent
    )


class Messages:
    """Sync, for `OpenClaw`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def send(
        self,
        message: str,
        *,
        workspace: str | None = None,
        user_id: str | None = None,
        session_id: str | None = None,
        context: Mapping[str, Any] | None = None,
    ) -> models.SendMessageAnswer:
        """Says something and waits for the whole answer: its text is `.response`. `session_id` goes on with a session; `context` are
        facts about the user, such as `{"timezone": "Europe/Berlin"}`, which the agent is told."""
        body = _body(message, workspace, user_id, session_id, context)
        return self._connection.call(send_message.request(body=body), send_message.parse)

    def stream(
        self,
        message: str,
        *,
        workspace: str | None = None,
        user_id: str | None = None,
        session_id: str | None = None,
        context: Mapping[str, Any] | None = None,
    ) -> TokenStream:
        """The same, and yields the answer's text as it is made."""
        body = _body(message, workspace, user_id, session_id, context)
        return TokenStream(self._connection.stream(stream_message.request(body=body), stream_message.parse_event))


class AsyncMessages:
    """Async, for `AsyncOpenClaw`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def send(
        self,
        message: str,
        *,
        workspace: str | None = None,
        user_id: str | None = None,
        session_id: str | None = None,
        context: Mapping[str, Any] | None = None,
    ) -> models.SendMessageAnswer:
        """As `Messages.send`."""
        body = _body(message, workspace, user_id, session_id, context)
        return await self._connection.call(send_message.request(body=body), send_message.parse)

    def stream(
        self,
        message: str,
        *,
        workspace: str | None = None,
        user_id: str | None = None,
        session_id: str | None = None,
        context: Mapping[str, Any] | None = None,
    ) -> AsyncTokenStream:
        """The same, and yields the answer's text as it is made."""
        body = _body(message, workspace, user_id, session_id, context)
        return AsyncTokenStream(self._connection.stream(stream_message.request(body=body), stream_message.parse_event))


class TokenStream(Iterator[str]):
    """An answer as it is made: a loop over it yields its text, piece by piece."""

    def __init__(self, events: EventStream[TurnEvent]) -> None:
        #: Everything instead of the text alone, tools and the end too; and `run_id`, `cancel()`. Loop over the one or the other.
        self.events = events

    def __next__(self) -> str:
        for event in self.events:
            if isinstance(event, TokenEvent):
                return event.content
        raise StopIteration

    def __enter__(self) -> TokenStream:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the connection. The turn goes on."""
        self.events.close()

    def cancel(self) -> None:
        """Stops the turn itself; what was said so far is kept."""
        self.events.cancel()


class AsyncTokenStream(AsyncIterator[str]):
    """The same for `async for`."""

    def __init__(self, events: AsyncEventStream[TurnEvent]) -> None:
        #: Everything instead of the text alone, tools and the end too; and `run_id`, `cancel()`. Loop over the one or the other.
        self.events = events

    async def __anext__(self) -> str:
        async for event in self.events:
            if isinstance(event, TokenEvent):
                return event.content
        raise StopAsyncIteration

    async def __aenter__(self) -> AsyncTokenStream:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Lets go of the connection. The turn goes on."""
        await self.events.aclose()

    async def cancel(self) -> None:
        """Stops the turn itself; what was said so far is kept."""
        await self.events.cancel()


def _body(
    message: str, workspace: str | None, user_id: str | None, session_id: str | None, context: Mapping[str, Any] | None
) -> SendMessageRequest:
    return SendMessageRequest(
        message=message,
        workspace=UNSET if workspace is None else workspace,
        user_id=UNSET if user_id is None else user_id,
        session_id=UNSET if session_id is None else session_id,
        context=UNSET if context is None else SendMessageRequestContext.from_dict(context),
    )
