"""Client of the OpenClaw gateway."""

from . import models, webhooks
from ._generated.types import UNSET, Unset
from .client import AsyncOpenClaw, AsyncOpenClawClient, OpenClaw, OpenClawClient
from .errors import (
    AuthenticationError,
    BadRequestError,
    ConflictError,
    NotFoundError,
    OpenClawConnectionError,
    OpenClawError,
    OpenClawTimeoutError,
    PermissionDeniedError,
    RateLimitError,
)
from .messages import AsyncTokenStream, TokenStream
from .streams import AsyncEventStream, EventStream

__all__ = [
    "UNSET",
    "AsyncEventStream",
    "AsyncOpenClaw",
    "AsyncOpenClawClient",
    "AsyncTokenStream",
    "AuthenticationError",
    "BadRequestError",
    "ConflictError",
    "EventStream",
    "NotFoundError",
    "OpenClaw",
    "OpenClawClient",
    "OpenClawConnectionError",
    "OpenClawError",
    "OpenClawTimeoutError",
    "PermissionDeniedError",
    "RateLimitError",
    "TokenStream",
    "Unset",
    "models",
    "webhooks",
]
