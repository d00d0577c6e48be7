"""The events of streams for which the generated code has no function of its own: those of operations that also answer in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from . import models

    #: What happens in the gateway, as in `GET /api/v1/events` and in webhooks.
    GatewayEvent: TypeAlias = (
        models.ChannelConnectedEvent
        | models.ChannelDisconnectedEvent
        | models.ConversationCreatedEvent
        | models.CronFinishedEvent
        | models.ErrorAgentEvent
        | models.MessageReceivedEvent
        | models.MessageSentEvent
        | models.RunFinishedEvent
        | models.SessionEndedEvent
        | models.SessionStartedEvent
        | models.ToolInvokedEvent
    )
    #: A turn of the operator edition, as it is made. Its error event is raised.
    MessageEvent: TypeAlias = (
        models.OperatorStartEvent
        | models.DeltaEvent
        | models.OperatorToolUseEvent
        | models.OperatorToolApprovalEvent
        | models.OperatorToolResultEvent
        | models.OperatorDoneEvent
    )


def gateway_event(data: Any) -> GatewayEvent:
    from ._generated.models.event_page import EventPage

    return EventPage.from_dict({"events": [data], "last": "", "truncated": False}).events[0]


def message_event(data: Any) -> MessageEvent:
    from . import models

    kinds: dict[str, type[MessageEvent]] = {
        "start": models.OperatorStartEvent,
        "delta": models.DeltaEvent,
        "tool_use": models.OperatorToolUseEvent,
        "tool_approval": models.OperatorToolApprovalEvent,
        "tool_result": models.OperatorToolResultEvent,
        "done": models.OperatorDoneEvent,
    }
    return kinds[data["type"]].from_dict(data)


def log_entry(data: Any) -> models.GatewayLogEntry:
    from ._generated.models.gateway_log_entry import GatewayLogEntry

    return GatewayLogEntry.from_dict(data)
