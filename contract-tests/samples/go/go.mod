// What the samples in Go are checked with: the standard library, and one WebSocket.
module samples

go 1.24.0

require github.com/coder/websocket v1.8.14
