package openclaw;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import openclaw.api.ChatApi;
import openclaw.api.RunsApi;
import openclaw.api.SessionsApi;
import openclaw.model.ApiError;
import openclaw.model.ErrorCode;
import openclaw.model.Message;
import openclaw.model.MessageStreamEvent;
import openclaw.model.OperatorAccepted;
import openclaw.model.OperatorMessageRequest;
import openclaw.model.SendMessageRequest;
import openclaw.model.TokenEvent;
import openclaw.model.WorkspacesDoneEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The generated client at the gateway of OPENCLAW_BASE_URL, with the key OPENCLAW_TOKEN. */
class GatewayTest {
  private final ChatApi chat = new ChatApi(client(System.getenv("OPENCLAW_TOKEN")));
  private final SessionsApi sessions = new SessionsApi(chat.getApiClient());
  private final RunsApi runs = new RunsApi(chat.getApiClient());
  /** Whose sessions are this test's own. */
  private final String userId = "java-" + UUID.randomUUID();

  @Test
  void twoTurnsAreOneConversation() throws ApiException {
    var first = chat.sendMessage(message("What is 12 * 12?")).execute();
    var second = chat.sendMessage(message("And half of it?").sessionId(first.getSessionId())).execute();
    assertEquals(first.getSessionId(), second.getSessionId());
    assertEquals(List.of("What is 12 * 12?", first.getResponse(), "And half of it?", second.getResponse()), saidIn(first.getSessionId()));
  }

  @Test
  void aStreamIsDecodedEventByEvent() throws ApiException, IOException {
    var text = new StringBuilder();
    Object last = null;
    try (var events = new StreamedEvents<>(chat.streamMessage(message("Tell me a story")).buildCall(null), MessageStreamEvent.class)) {
      for (var event : events) {
        last = event.data().getActualInstance();
        if (last instanceof TokenEvent token) text.append(token.getContent());
      }
    }
    var done = assertInstanceOf(WorkspacesDoneEvent.class, last);
    assertEquals(List.of("Tell me a story", text.toString()), saidIn(done.getSessionId()));
  }

  @Test
  void aStreamThatBrokeGoesOnBehindTheLastEventSeen() throws ApiException, IOException {
    var seen = new ArrayList<Object>();
    String lastEventId;
    String runId;
    try (var events = new StreamedEvents<>(chat.streamMessage(message("Tell me a story")).buildCall(null), MessageStreamEvent.class)) {
      var event = events.iterator().next();
      seen.add(event.data().getActualInstance());
      lastEventId = event.id();
      runId = events.header("X-Run-Id");
    }
    try (var events = new StreamedEvents<>(runs.streamRunEvents(runId).lastEventID(lastEventId).buildCall(null), MessageStreamEvent.class)) {
      for (var event : events) seen.add(event.data().getActualInstance());
    }
    var done = assertInstanceOf(WorkspacesDoneEvent.class, seen.get(seen.size() - 1));
    var text = new StringBuilder();
    for (var event : seen) if (event instanceof TokenEvent token) text.append(token.getContent());
    assertEquals(List.of("Tell me a story", text.toString()), saidIn(done.getSessionId()));
  }

  @Test
  void whatIsNotWaitedForIsAccepted() throws ApiException, IOException {
    var request = new OperatorMessageRequest().channel("api").message("Summarize the week").waitForResponse(false);
    try (var answer = chat.message(request).buildCall(null).execute()) {
      assertEquals(202, answer.code());
      assertEquals(answer.header("X-Run-Id"), OperatorAccepted.fromJson(answer.body().string()).getRunId());
    }
  }

  @Test
  void aListIsReadPageByPage() throws ApiException {
    Set<String> made = new TreeSet<>();
    for (var text : List.of("One", "Two", "Three")) made.add(chat.sendMessage(message(text)).execute().getSessionId());
    var listed = new ArrayList<String>();
    var pages = 0;
    String cursor = null;
    do {
      var page = sessions.listSessions().userId(userId).limit(2).cursor(cursor).execute();
      page.getSessions().forEach(session -> listed.add(session.getId()));
      cursor = page.getNextCursor();
      pages++;
    } while (cursor != null);
    assertEquals(2, pages);
    assertEquals(3, listed.size());
    assertEquals(made, new TreeSet<>(listed));
  }

  @Test
  void whatIsNotThereIsA404() throws IOException {
    var error = errorOf(404, () -> sessions.getSession("sess_nobody").execute());
    assertEquals(ErrorCode.NOT_FOUND, error.getError());
    assertTrue(error.getMessage().contains("sess_nobody"), error.getMessage());
    assertFalse(error.getRequestId().isEmpty());
  }

  @Test
  void aWrongTokenIsA401() throws IOException {
    var stranger = new SessionsApi(client("oc_tok_nobody"));
    assertEquals(ErrorCode.UNAUTHORIZED, errorOf(401, () -> stranger.listSessions().execute()).getError());
  }

  @Test
  void aRequestOffTheContractIsA400ThatNamesTheField() throws IOException {
    var error = errorOf(400, () -> chat.sendMessage(message("")).execute());
    assertEquals(ErrorCode.BAD_REQUEST, error.getError());
    assertEquals("/message", error.getDetails().getErrors().get(0).getPath());
  }

  private static ApiClient client(String token) {
    var client = new ApiClient();
    client.setBasePath(System.getenv("OPENCLAW_BASE_URL"));
    client.setBearerToken(token);
    return client.setReadTimeout(30_000);
  }

  private SendMessageRequest message(String text) {
    return new SendMessageRequest().message(text).userId(userId);
  }

  private List<String> saidIn(String sessionId) throws ApiException {
    return sessions.getSessionHistory(sessionId).execute().getMessages().stream().map(Message::getContent).toList();
  }

  private static ApiError errorOf(int status, Executable call) throws IOException {
    var thrown = assertThrows(ApiException.class, call);
    assertEquals(status, thrown.getCode());
    return ApiError.fromJson(thrown.getResponseBody());
  }
}
