package openclaw;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import openclaw.model.AgentsChatEvent;
import openclaw.model.ChatCompletionEvent;
import openclaw.model.ChatRequest;
import openclaw.model.ConversationsChatEvent;
import openclaw.model.Event;
import openclaw.model.LogEntry;
import openclaw.model.MessageStreamEvent;
import openclaw.model.OperatorMessageEvent;
import openclaw.model.OperatorMessageRequest;
import openclaw.model.RunEvent;
import openclaw.model.ValidationFault;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What the contract shows, read into the generated classes and written again, says the same. `openclaw.root` is the repository. */
class ExamplesTest {
  private static final Path root = Path.of(System.getProperty("openclaw.root"));
  /** Requests in which a default that was not said is said when they are written. */
  private static final Set<Class<?>> saysDefaults = Set.of(ChatRequest.class, OperatorMessageRequest.class);

  @TestFactory
  Stream<DynamicTest> bodiesOfRequestsAndAnswers() throws IOException {
    var tests = new ArrayList<DynamicTest>();
    addExamples("", JsonParser.parseString(Files.readString(root.resolve("generated/openapi.json"))), tests);
    return tests.stream();
  }

  /** Of every `application/json` in the contract, wherever it is, whose schema has a name. */
  private static void addExamples(String place, JsonElement element, List<DynamicTest> tests) {
    if (!(element instanceof JsonObject object)) return;
    object.asMap().forEach((name, member) -> {
      if (name.equals("application/json")) {
        var schema = member.getAsJsonObject().getAsJsonObject("schema").get("$ref");
        if (schema == null) return;
        member.getAsJsonObject().getAsJsonObject("examples").asMap().forEach((example, shown) ->
            tests.add(DynamicTest.dynamicTest(place + " " + example, () -> assertKept(shown.getAsJsonObject().get("value"), modelOf(schema.getAsString())))));
      } else {
        addExamples(place + " " + name, member, tests);
      }
    });
  }

  private static Class<?> modelOf(String reference) throws ClassNotFoundException {
    var name = reference.substring(reference.lastIndexOf('/') + 1);
    // Objects of which the contract says nothing more.
    if (Set.of("SettingsDocument", "WhatsappCallback").contains(name)) return Map.class;
    return Class.forName("openclaw.model." + name);
  }

  @TestFactory
  Stream<DynamicTest> eventsOfStreams() throws IOException {
    try (var files = Files.list(root.resolve("spec/streams"))) {
      return files.sorted().toList().stream().map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
        for (var line : Files.readAllLines(file)) {
          if (line.startsWith("data: {")) assertKept(JsonParser.parseString(line.substring(6)), eventOf(file.getFileName().toString()));
        }
      }));
    }
  }

  private static Class<?> eventOf(String stream) {
    var operationAndEdition = stream.split("\\.");
    return switch (operationAndEdition[0]) {
      case "listEvents" -> Event.class;
      case "listLogs" -> LogEntry.class;
      case "streamRunEvents" -> RunEvent.class;
      default -> switch (operationAndEdition[1]) {
        case "agents" -> AgentsChatEvent.class;
        case "conversations" -> ConversationsChatEvent.class;
        case "workspaces" -> MessageStreamEvent.class;
        case "operator" -> OperatorMessageEvent.class;
        case "openai" -> ChatCompletionEvent.class;
        default -> throw new AssertionError("Whose stream is " + stream + "?");
      };
    };
  }

  @Test
  void whatANewerGatewayAddsIsKept() {
    assertKept(JsonParser.parseString("{\"path\":\"/message\",\"message\":\"is required\",\"since\":\"2.0\"}"), ValidationFault.class);
  }

  private static void assertKept(JsonElement value, Class<?> type) {
    var gson = JSON.getGson();
    var written = gson.toJsonTree(gson.fromJson(value.toString(), type)).getAsJsonObject();
    if (saysDefaults.contains(type)) written.keySet().retainAll(value.getAsJsonObject().keySet());
    assertEquals(plain(value), plain(written));
  }

  /** Without what is null, which Gson leaves out; numbers and times by their value, not by how they are written. */
  private static JsonElement plain(JsonElement value) {
    if (value instanceof JsonObject object) {
      var kept = new JsonObject();
      object.asMap().forEach((name, member) -> {
        if (!(member instanceof JsonNull)) kept.add(name, plain(member));
      });
      return kept;
    }
    if (value instanceof JsonArray array) {
      var kept = new JsonArray();
      array.forEach(member -> kept.add(plain(member)));
      return kept;
    }
    if (!(value instanceof JsonPrimitive primitive)) return value;
    if (primitive.isNumber()) return new JsonPrimitive(new BigDecimal(primitive.getAsString()).stripTrailingZeros().toPlainString());
    var isTime = primitive.getAsString().matches("\\d{4}-\\d\\d-\\d\\dT.*Z");
    return isTime ? new JsonPrimitive(OffsetDateTime.parse(primitive.getAsString()).toString()) : value;
  }
}
