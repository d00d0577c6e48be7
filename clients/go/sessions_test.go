package hello

import (
	"slices"
	"testing"

	"example.com/hello/openclaw"
)

func TestAListIsReadPageAfterPage(t *testing.T) {
	client := connect(t)
	workspace := "paged-by-go"
	made, err := client.CreateWorkspaceWithResponse(t.Context(), nil, openclaw.CreateWorkspaceRequest{Id: workspace})
	if err != nil || made.JSON201 == nil {
		t.Fatal(err, made)
	}
	var said []string
	for _, message := range []string{"One", "Two", "Three", "Four", "Five"} {
		said = append(said, say(t, client, openclaw.SendMessageRequest{Message: message, Workspace: &workspace}).SessionId)
	}

	var listed []string
	var pages []int
	limit := int32(2)
	params := openclaw.ListSessionsParams{Workspace: &workspace, Limit: &limit}
	for {
		page, err := client.ListSessionsWithResponse(t.Context(), &params)
		if err != nil || page.JSON200 == nil {
			t.Fatal(err, page)
		}
		for _, session := range page.JSON200.Sessions {
			listed = append(listed, session.Id)
		}
		pages = append(pages, len(page.JSON200.Sessions))
		if params.Cursor = page.JSON200.NextCursor; params.Cursor == nil {
			break
		}
	}
	slices.Sort(listed)
	slices.Sort(said)
	if !slices.Equal(listed, said) || !slices.Equal(pages, []int{2, 2, 1}) {
		t.Errorf("listed %v in pages of %v; there are %v", listed, pages, said)
	}
}
