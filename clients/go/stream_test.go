package hello

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"example.com/hello/openclaw"
	"github.com/tmaxmax/go-sse"
)

func TestAStreamHasEachEventAsWhatItIs(t *testing.T) {
	message := openclaw.SendMessageRequest{Message: "Tell me a story"}
	text := ""
	var last any
	for _, event := range read(t, stream(t, nil, message), 1000) {
		last = event.value
		if token, ok := last.(openclaw.TokenEvent); ok {
			text += token.Content
		}
	}
	if text != "You said: Tell me a story" {
		t.Errorf("the stream says %q", text)
	}
	if done, ok := last.(openclaw.WorkspacesDoneEvent); !ok || done.FinishReason != "stop" {
		t.Errorf("the stream ends with %+v", last)
	}
}

func TestAStreamThatBreaksGoesOnBehindItsLastEvent(t *testing.T) {
	message := openclaw.SendMessageRequest{Message: strings.Repeat("word ", 200)}
	before := read(t, stream(t, nil, message), 3)
	params := &openclaw.StreamMessageParams{LastEventID: &before[2].id}
	seen := map[string]bool{}
	text := ""
	for _, event := range append(before, read(t, stream(t, params, message), 1000)...) {
		if seen[event.id] {
			t.Errorf("event %s came twice", event.id)
		}
		seen[event.id] = true
		if token, ok := event.value.(openclaw.TokenEvent); ok {
			text += token.Content
		}
	}
	if text != "You said: "+message.Message {
		t.Errorf("the two parts say %q", text)
	}
}

// stream begins a turn, or takes one up again, and gives its events' connection.
func stream(t *testing.T, params *openclaw.StreamMessageParams, message openclaw.SendMessageRequest) *http.Response {
	t.Helper()
	response, err := connect(t).StreamMessage(t.Context(), params, message)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != http.StatusOK {
		t.Fatal(response.Status)
	}
	return response
}

type streamed struct {
	id    string
	value any
}

// read takes the events as types of the contract, and hangs up after as many as are wanted.
func read(t *testing.T, response *http.Response, atMost int) []streamed {
	t.Helper()
	defer response.Body.Close()
	var events []streamed
	for event, err := range sse.Read(response.Body, nil) {
		if err != nil {
			t.Fatal(err)
		}
		var message openclaw.MessageStreamEvent
		if err := json.Unmarshal([]byte(event.Data), &message); err != nil {
			t.Fatal(err)
		}
		value, err := message.ValueByDiscriminator()
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, streamed{event.LastEventID, value})
		if len(events) == atMost {
			break
		}
	}
	return events
}
