#!/usr/bin/env bash
# A turn, a streamed one, what was said in the session, and an error, with nothing but curl and jq.
set -euo pipefail

: "${OPENCLAW_TOKEN:?Set OPENCLAW_TOKEN to a token of the gateway}"
url=${OPENCLAW_URL:-http://127.0.0.1:18789}
message=${1:-Explain quicksort in one sentence.}

# An id of your own begins a session under that id.
session="curl-$(date +%s)-$$"
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT

# call PATH [ARGUMENTS OF CURL]: prints the answer, or says on standard error why there is none. With --retry curl waits for as
# long as a 429 or 503 asks it to (Retry-After), two minutes at most; the Idempotency-Key makes sure that what is sent again is
# not done again.
call() {
  local path=$1
  shift
  : > "$answer"
  if curl --silent --show-error --fail-with-body --retry 3 --retry-max-time 120 --max-time 120 --output "$answer" \
    -H "Authorization: Bearer $OPENCLAW_TOKEN" "$@" "$url$path"; then
    cat "$answer"
  else
    jq -r '"\(.error): \(.message) (request \(.requestId))"' "$answer" >&2 || true
    return 1
  fi
}

turn() {
  jq -n --arg sessionId "$session" --arg message "$1" '{$sessionId, $message}'
}

echo "== A turn"
call /api/v1/chat -H "Content-Type: application/json" -H "Idempotency-Key: $session-1" -d "$(turn "$message")" |
  jq -r '.response | "\(.content)\n(\(.model), \(.usage.outputTokens) tokens)"'

echo "== A stream, in the same session"
# However long an answer takes: a stream in which nothing comes for a minute, not even a sign of life, is dead.
curl --silent --show-error --fail --no-buffer --retry 3 --retry-max-time 120 --speed-limit 1 --speed-time 60 "$url/api/v1/chat/stream" \
  -H "Authorization: Bearer $OPENCLAW_TOKEN" -H "Content-Type: application/json" -H "Idempotency-Key: $session-2" \
  -d "$(turn "And now as a haiku.")" |
  while IFS= read -r line; do
    [[ $line == data:* ]] || continue
    # Of the other types, start, tool_use, tool_result and tool_approval say how the answer comes about.
    jq --join-output 'if .type == "text" then .content elif .type == "end" then "\n" elif .type == "error" then "\n\(.message)\n" | halt_error(1) else empty end' <<<"${line#data:}"
  done

echo "== What was said"
call "/api/v1/sessions/$session/history" | jq -r '.messages[] | "\(.role): \(.content)"'

echo "== An error"
call "/api/v1/sessions/$session-nobody" || echo "(There is no such session, so that was to be expected.)"
