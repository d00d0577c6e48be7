package hello

import (
	"testing"

	"example.com/hello/openclaw"
)

func TestAConversationGoesOn(t *testing.T) {
	client := connect(t)
	first := say(t, client, openclaw.SendMessageRequest{Message: "Apples"})
	second := say(t, client, openclaw.SendMessageRequest{Message: "What did I say first?", SessionId: &first.SessionId})
	if second.SessionId != first.SessionId {
		t.Errorf("the second turn is in %s, the first in %s", second.SessionId, first.SessionId)
	}
	if second.Response != "You first said: Apples" {
		t.Errorf("the second turn answers %q", second.Response)
	}
	if first.FinishReason != "stop" || first.TokensUsed == 0 {
		t.Errorf("the first turn ended as %+v", first)
	}
}

func TestARequestSentTwiceUnderOneKeyIsCarriedOutOnce(t *testing.T) {
	client := connect(t)
	key := "go-" + t.Name()
	var answers [2]*openclaw.SendMessageResponse
	for n := range answers {
		answer, err := client.SendMessageWithResponse(t.Context(), &openclaw.SendMessageParams{IdempotencyKey: &key}, openclaw.SendMessageRequest{Message: "Once"})
		if err != nil || answer.JSON200 == nil {
			t.Fatal(err, answer)
		}
		answers[n] = answer
	}
	if answers[0].JSON200.MessageId != answers[1].JSON200.MessageId {
		t.Error("the second request was carried out as well")
	}
	if answers[0].Headers200.IdempotencyReplayed != nil || answers[1].Headers200.IdempotencyReplayed == nil {
		t.Error("only the second answer is said to be one given before")
	}
}

func TestAnAnswerOfSeveralShapesIsReadAsTheOneThatWasAskedFor(t *testing.T) {
	agent := "main"
	var request openclaw.ChatRequest
	if err := request.FromAgentsChatRequest(openclaw.AgentsChatRequest{AgentId: &agent, Message: "The sky is blue"}); err != nil {
		t.Fatal(err)
	}
	answer, err := connect(t).ChatWithResponse(t.Context(), nil, request)
	if err != nil || answer.JSON200 == nil {
		t.Fatal(err, answer)
	}
	chat, err := answer.JSON200.AsAgentsChatAnswer()
	if err != nil || chat.Response.Content != "You said: The sky is blue" {
		t.Errorf("%+v, %v", chat, err)
	}
}
