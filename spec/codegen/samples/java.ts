import { indent, json, lines } from "./layout.ts";
import type { SampleRequest } from "./request.ts";
import { javaSocket } from "./socket.ts";

/** A program of the standard library, for Java 17: save it under the name of its class, and `java` runs it as it stands. */
export function javaSample(request: SampleRequest): string {
  const { id, method, url, headers, body, needsToken, answer, asksForEvents } = request;
  if (id === "openSocket") return javaSocket;
  const given = [
    ...(needsToken ? ['.header("Authorization", "Bearer " + System.getenv("OPENCLAW_TOKEN"))'] : []),
    ...(body === undefined ? [] : ['.header("Content-Type", "application/json")']),
    ...(asksForEvents ? ['.header("Accept", "text/event-stream")'] : []),
    ...Object.entries(headers).map(([name, value]) => `.header(${JSON.stringify(name)}, ${JSON.stringify(value)})`),
  ];
  const sent = body === undefined ? "HttpRequest.BodyPublishers.noBody()" : `HttpRequest.BodyPublishers.ofString("""\n${indent(text(json(body)), "    ")}\n    """)`;
  const verb = method === "GET" ? [] : method === "PATCH" ? [`.method("PATCH", ${sent})`] : [`.${method}(${method === "DELETE" ? "" : sent})`];
  const lineHandler = answer === "events";
  const code = lines(
    `var request = HttpRequest.newBuilder(URI.create(${JSON.stringify(url)}))`,
    ...[...given, ...verb, ".build();"].map((part) => indent(part, "    ")),
    `var response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.of${lineHandler ? "Lines" : "String"}());`,
    "if (response.statusCode() >= 300) {",
    `    throw new IOException(response.statusCode() + ": " + ${lineHandler ? 'response.body().collect(Collectors.joining("\\n"))' : "response.body()"});`,
    "}",
    ...(lineHandler ? ['response.body().filter(line -> line.startsWith("data: ")).forEach(line -> System.out.println(line.substring(6)));'] : answer === "nothing" ? [] : ["System.out.println(response.body());"]),
    answer === "pages" && "// While the answer has a `nextCursor`, the next page is asked for with `&cursor=` and that.",
  );
  const imports = ["java.io.IOException", "java.net.URI", "java.net.http.HttpClient", "java.net.http.HttpRequest", "java.net.http.HttpResponse", ...(lineHandler ? ["java.util.stream.Collectors"] : [])];
  return lines(...imports.map((name) => `import ${name};`), "", `class ${id.charAt(0).toUpperCase()}${id.slice(1)} {`, "    public static void main(String[] args) throws Exception {", indent(code, "        "), "    }", "}");
}

/** In a text block a backslash is an escape. */
const text = (value: string) => value.replaceAll("\\", "\\\\").replaceAll('"""', '\\"""');
