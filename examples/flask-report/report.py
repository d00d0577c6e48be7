"""A report endpoint: the numbers come in, the agent writes the report.

    flask --app report run

`POST /reports/weekly` with `{"team": "sales", "metrics": {"orders": 312}}` answers `{"report", "tokens", "sessionId"}`.
"""

import json
import os
import sys

from flask import Flask, jsonify, request
from openclaw import OpenClaw, OpenClawError, RateLimitError

if not os.environ.get("OPENCLAW_TOKEN"):
    sys.exit("Set OPENCLAW_TOKEN to a token of the gateway.")
workspace = os.environ.get("OPENCLAW_WORKSPACE", "default")
# One client for all threads. It tries again by itself: what is too much is waited out, up to 30 s, and no second try is a second turn.
client = OpenClaw(os.environ.get("OPENCLAW_URL", "http://127.0.0.1:18789"), os.environ["OPENCLAW_TOKEN"])
try:
    # Better now than at the first report.
    client.keys.get_own_key()
except OpenClawError as error:
    sys.exit(f"The gateway cannot be used: {error}")

app = Flask(__name__)


@app.post("/reports/weekly")
def weekly_report():
    body = request.get_json()
    team, metrics = (body.get("team"), body.get("metrics")) if isinstance(body, dict) else (None, None)
    if not isinstance(team, str) or not team.strip() or not isinstance(metrics, dict) or not metrics:
        return jsonify({"error": 'Send {"team": "…", "metrics": {…}}, with at least one metric.'}), 400
    answer = client.messages.send(
        f"Write the weekly report of the team {json.dumps(team)}: highlights, what to watch, recommendations. "
        f"Use these metrics and no other numbers: {json.dumps(metrics, ensure_ascii=False)}",
        workspace=workspace,
        user_id=f"report-{team}"[:256],
    )
    return jsonify({"report": answer.response, "tokens": answer.tokens_used, "sessionId": answer.session_id})


@app.errorhandler(OpenClawError)
def gateway_failed(error: OpenClawError):
    """Our caller can wait, but do nothing about our token or our request: the reason is for our log."""
    app.logger.error("gateway: %s (request %s)", error, error.request_id)
    if isinstance(error, RateLimitError) or error.status == 503:
        return jsonify({"error": "Too many reports at once. Try again later."}), 503, {"Retry-After": str(int(error.retry_after or 30))}
    return jsonify({"error": "The report could not be written."}), 502
