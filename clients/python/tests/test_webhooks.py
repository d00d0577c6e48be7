"""What the gateway signs is verified, and nothing else."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import subprocess
import time

import pytest
from support.gateway import node, root

from openclaw import models, webhooks

secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
event = {
    "id": "evt_5c0e3a9f_000000000042",
    "event": "session.ended",
    "timestamp": "2026-04-09T10:30:00.000Z",
    "data": {"sessionId": "sess_1", "workspace": "team", "reason": "deleted"},
}


def signed(body: bytes, *, at: float, key: bytes | None = None) -> dict[str, str]:
    stamp = str(int(at))
    digest = hmac.new(key or base64.b64decode(secret[6:]), b"evt_1." + stamp.encode() + b"." + body, hashlib.sha256).digest()
    return {
        "Webhook-Id": "evt_1",
        "Webhook-Timestamp": stamp,
        "Webhook-Signature": "v1,bm90IHRoaXM= v1," + base64.b64encode(digest).decode(),
    }


def test_a_signed_request_gives_its_event() -> None:
    body = json.dumps(event).encode()
    told = webhooks.verify(body, signed(body, at=time.time()), secret)
    assert isinstance(told, models.SessionEndedEvent)
    assert told.data.session_id == "sess_1"


@pytest.mark.parametrize("edition", ["workspaces", "conversations"])
@pytest.mark.parametrize("key", [secret, "plain text"])
def test_what_the_gateway_signs_is_verified(edition: str, key: str) -> None:
    script = """
        import { signedRequest } from "./server/webhooks/signed-request.ts";
        const { edition, secret, event } = JSON.parse(process.argv[1]);
        const webhook = { edition, secret, previousSecret: "older", previousUntil: Date.now() + 60_000 };
        const delivery = { deliveryId: "dlv_1", eventId: event.id, eventType: event.event, event: JSON.stringify(event) };
        console.log(JSON.stringify(signedRequest({ webhook, ...delivery, at: Date.now(), version: "1.2.3" })));
    """
    asked = json.dumps({"edition": edition, "secret": key, "event": event})
    command = [node(), "--input-type=module", "--eval", script, asked]
    request = json.loads(subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout)
    for known in (key, "older"):
        assert isinstance(webhooks.verify(request["body"], request["headers"], known), models.SessionEndedEvent)
    assert webhooks.verify_body(request["body"], request["headers"]["x-openclaw-signature"], key)


def test_a_secret_of_another_form_is_its_text() -> None:
    body = json.dumps(event).encode()
    assert webhooks.verify(body.decode(), signed(body, at=time.time(), key=b"plain"), "plain")


@pytest.mark.parametrize("change", ["body", "age", "secret", "headers"])
def test_what_was_changed_or_is_old_is_refused(change: str) -> None:
    body = json.dumps(event).encode()
    headers = signed(body, at=time.time() - (301 if change == "age" else 0))
    if change == "headers":
        del headers["Webhook-Id"]
    with pytest.raises(webhooks.WebhookVerificationError):
        webhooks.verify(body + (b" " if change == "body" else b""), headers, "another" if change == "secret" else secret)


def test_the_documents_signature_is_over_the_body_alone() -> None:
    signature = "sha256=" + hmac.new(b"plain", b"{}", hashlib.sha256).hexdigest()
    assert webhooks.verify_body("{}", signature, "plain")
    assert not webhooks.verify_body("{ }", signature, "plain")
