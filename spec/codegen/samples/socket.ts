/**
 * The WebSocket is no request that a contract of HTTP could tell of: these are written by hand. Go and Rust have no WebSocket of
 * their own, Python neither; the samples take the library that is usual there.
 */
export const typescriptSocket = `const socket = new WebSocket("ws://127.0.0.1:18789/ws");
socket.onopen = () => {
  socket.send(JSON.stringify({ type: "auth", token: process.env.OPENCLAW_TOKEN }));
  socket.send(JSON.stringify({ type: "message", content: "Hello", stream: true }));
};
socket.onmessage = ({ data }) => console.log(JSON.parse(String(data)));`;

export const pythonSocket = `import json
import os

from websockets.sync.client import connect  # pip install websockets

with connect("ws://127.0.0.1:18789/ws") as socket:
    socket.send(json.dumps({"type": "auth", "token": os.environ["OPENCLAW_TOKEN"]}))
    socket.send(json.dumps({"type": "message", "content": "Hello", "stream": True}))
    for frame in socket:
        print(json.loads(frame))`;

export const goSocket = `package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
)

func main() {
	ctx := context.Background()
	socket, _, err := websocket.Dial(ctx, "ws://127.0.0.1:18789/ws", nil)
	if err != nil {
		log.Fatal(err)
	}
	defer socket.CloseNow()
	frames := []map[string]any{
		{"type": "auth", "token": os.Getenv("OPENCLAW_TOKEN")},
		{"type": "message", "content": "Hello", "stream": true},
	}
	for _, frame := range frames {
		if err := wsjson.Write(ctx, socket, frame); err != nil {
			log.Fatal(err)
		}
	}
	for {
		_, frame, err := socket.Read(ctx)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(string(frame))
	}
}`;

export const javaSocket = `import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;

class OpenSocket {
    public static void main(String[] args) throws Exception {
        var closed = new CountDownLatch(1);
        var listener = new WebSocket.Listener() {
            @Override
            public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean isLast) {
                System.out.print(text + (isLast ? "\\n" : ""));
                socket.request(1);
                return null;
            }

            @Override
            public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
                closed.countDown();
                return null;
            }
        };
        var socket = HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .header("Authorization", "Bearer " + System.getenv("OPENCLAW_TOKEN"))
            .buildAsync(URI.create("ws://127.0.0.1:18789/ws"), listener)
            .join();
        socket.sendText("""
            {"type": "message", "content": "Hello", "stream": true}""", true).join();
        closed.await();
    }
}`;

export const rustSocket = `use serde_json::json;
use std::env;
use tungstenite::{Message, connect};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (mut socket, _) = connect("ws://127.0.0.1:18789/ws")?;
    let frames = [
        json!({ "type": "auth", "token": env::var("OPENCLAW_TOKEN")? }),
        json!({ "type": "message", "content": "Hello", "stream": true }),
    ];
    for frame in frames {
        socket.send(Message::text(frame.to_string()))?;
    }
    loop {
        if let Message::Text(frame) = socket.read()? {
            println!("{frame}");
        }
    }
}`;
