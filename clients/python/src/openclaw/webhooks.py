"""Webhooks of the gateway: is a request really its, and what does it tell."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import TYPE_CHECKING

from .events import gateway_event

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .events import GatewayEvent


class WebhookVerificationError(Exception):
    """The request is not the gateway's, is too old, or was changed on its way. Answer it with a 400."""


def verify(body: bytes | str, headers: Mapping[str, str], secret: str, *, tolerance: float = 300) -> GatewayEvent:
    """The event of a webhook's request. `body` are the bytes as they came in, before anything parsed them; `headers` are the
    request's, in any case. Raises a `WebhookVerificationError` unless `webhook-signature` (Standard Webhooks 1.0.0) was made with
    the secret, no more than `tolerance` seconds ago. The same event may come twice: keep the ids that you have had."""
    raw = body.encode() if isinstance(body, str) else body
    given = {name.lower(): value for name, value in headers.items()}
    event_id, timestamp, signatures = (given.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    if not event_id or not signatures or not (timestamp.isascii() and timestamp.isdigit()):
        raise WebhookVerificationError("The request lacks webhook-id, webhook-timestamp or webhook-signature.")
    if abs(time.time() - int(timestamp)) > tolerance:
        raise WebhookVerificationError(f"The request is older than {tolerance:g} s, or a clock is wrong.")
    signed = f"{event_id}.{timestamp}.".encode() + raw
    expected = "v1," + base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest()).decode()
    # While a secret is rotated there are several, the new one's and the old one's.
    if not any(hmac.compare_digest(expected.encode(), signature.encode()) for signature in signatures.split(" ")):
        raise WebhookVerificationError("No signature of the request was made with this secret.")
    try:
        return gateway_event(json.loads(raw))
    except (ValueError, TypeError, KeyError, AttributeError) as cause:
        raise WebhookVerificationError("The request's body is no event that this version knows.") from cause


def verify_body(body: bytes | str, signature: str, secret: str) -> bool:
    """Whether `X-OpenClaw-Signature` fits the body: what the documents' own verifiers check. It does not tell when it was made, so
    whoever got hold of a request could send it again: prefer `verify`."""
    raw = body.encode() if isinstance(body, str) else body
    expected = "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.encode())


def _key(secret: str) -> bytes:
    prefix = "whsec_"
    if not secret.startswith(prefix):
        return secret.encode()
    # Unpadded as well, as some write it.
    return base64.b64decode(secret[len(prefix) :] + "=" * (-len(secret[len(prefix) :]) % 4))
