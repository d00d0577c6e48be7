// Package hello holds what the generated client must do against the gateway at OPENCLAW_BASE_URL, with its owner's token in OPENCLAW_TOKEN.
package hello

import (
	"context"
	"net/http"
	"os"
	"testing"

	"example.com/hello/openclaw"
)

// connect gives a client that ends with its test. Without a token it is the owner's.
func connect(t *testing.T, tokens ...string) *openclaw.ClientWithResponses {
	t.Helper()
	url := os.Getenv("OPENCLAW_BASE_URL")
	if url == "" {
		t.Fatal("OPENCLAW_BASE_URL says where the gateway is")
	}
	token := os.Getenv("OPENCLAW_TOKEN")
	for _, other := range tokens {
		token = other
	}
	client, err := openclaw.NewClientWithResponses(url, openclaw.WithRequestEditorFn(func(_ context.Context, request *http.Request) error {
		request.Header.Set("Authorization", "Bearer "+token)
		return nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// say sends a message that begins a session, or goes on with one, and gives the answer.
func say(t *testing.T, client *openclaw.ClientWithResponses, request openclaw.SendMessageRequest) *openclaw.SendMessageAnswer {
	t.Helper()
	answer, err := client.SendMessageWithResponse(t.Context(), nil, request)
	if err != nil {
		t.Fatal(err)
	}
	if answer.JSON200 == nil {
		t.Fatalf("%s: %s", answer.Status(), answer.Body)
	}
	return answer.JSON200
}
