package hello

import (
	"testing"

	"example.com/hello/openclaw"
)

func TestWhatIsNotThereIsATypedError(t *testing.T) {
	answer, err := connect(t).GetSessionWithResponse(t.Context(), "sess_nobody")
	if err != nil {
		t.Fatal(err)
	}
	missing := answer.JSON404
	if missing == nil {
		t.Fatalf("%s: %s", answer.Status(), answer.Body)
	}
	if missing.Error != openclaw.ErrorCodeNotFound || missing.Message == "" || missing.RequestId != answer.Headers404.XRequestId {
		t.Errorf("%+v", missing)
	}
}

func TestAWrongTokenIsATypedError(t *testing.T) {
	answer, err := connect(t, "oc_tok_nobody").ListSessionsWithResponse(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if answer.JSON401 == nil || answer.JSON401.Error != openclaw.ErrorCodeUnauthorized {
		t.Errorf("%s: %s", answer.Status(), answer.Body)
	}
}

func TestAFaultyRequestNamesItsField(t *testing.T) {
	answer, err := connect(t).SendMessageWithResponse(t.Context(), nil, openclaw.SendMessageRequest{Message: ""})
	if err != nil {
		t.Fatal(err)
	}
	if answer.JSON400 == nil || answer.JSON400.Details.Errors == nil {
		t.Fatalf("%s: %s", answer.Status(), answer.Body)
	}
	if faults := *answer.JSON400.Details.Errors; len(faults) != 1 || faults[0].Path != "/message" {
		t.Errorf("%+v", faults)
	}
}
