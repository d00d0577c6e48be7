"""The document's verifier, 4.3, and how a receiver comes to what it verifies: the body without its last member."""

import hashlib
import hmac
import json
import re
import sys


def verify_webhook(payload, signature, secret):
    expected = 'sha256=' + hmac.new(
        secret.encode(),
        payload.encode(),
        hashlib.sha256
    ).hexdigest()
    return hmac.compare_digest(expected, signature)


body, header, secret = sys.argv[1:]
signature = json.loads(body)["signature"]
payload = re.sub(r',"signature":"[^"]*"}$', "}", body)
print(json.dumps(verify_webhook(payload, signature, secret)))
print(json.dumps(verify_webhook(body, header, secret)))
print(json.dumps(verify_webhook(payload + " ", signature, secret)))
