import { indent, json, lines } from "./layout.ts";
import type { SampleRequest } from "./request.ts";
import { goSocket } from "./socket.ts";

/** A program of the standard library. */
export function goSample(request: SampleRequest): string {
  const { id, method, url, headers, body, needsToken, answer, asksForEvents } = request;
  if (id === "openSocket") return goSocket;
  const parts = answer === "events" ? events : answer === "pages" ? pages : answer === "nothing" ? nothing : whole;
  const imports = ["log", "net/http", ...(needsToken ? ["os"] : []), ...(body === undefined ? [] : ["strings"]), ...parts.imports];
  const address = answer === "pages" ? "address" : JSON.stringify(url);
  const send = lines(
    `request, err := http.NewRequest("${method}", ${address}, ${body === undefined ? "nil" : `strings.NewReader(${text(json(body))})`})`,
    ...check("err"),
    needsToken && 'request.Header.Set("Authorization", "Bearer "+os.Getenv("OPENCLAW_TOKEN"))',
    body !== undefined && 'request.Header.Set("Content-Type", "application/json")',
    asksForEvents && 'request.Header.Set("Accept", "text/event-stream")',
    ...Object.entries(headers).map(([name, value]) => `request.Header.Set(${JSON.stringify(name)}, ${JSON.stringify(value)})`),
    "response, err := http.DefaultClient.Do(request)",
    ...check("err"),
    answer !== "pages" && "defer response.Body.Close()",
  );
  return lines("package main", "", "import (", ...[...new Set(imports)].sort().map((name) => `\t"${name}"`), ")", "", "func main() {", indent(parts.main(send, JSON.stringify(url)), "\t"), "}");
}

interface Parts {
  imports: readonly string[];
  main(send: string, address: string): string;
}

const check = (error: string) => [`if ${error} != nil {`, `\tlog.Fatal(${error})`, "}"];

const refused = (close = "") => lines("if response.StatusCode >= 300 {", "\tanswer, _ := io.ReadAll(response.Body)", close !== "" && `\t${close}`, '\tlog.Fatalf("%s: %s", response.Status, answer)', "}");

const whole: Parts = {
  imports: ["fmt", "io"],
  main: (send) => lines(send, "answer, err := io.ReadAll(response.Body)", ...check("err"), "if response.StatusCode >= 300 {", '\tlog.Fatalf("%s: %s", response.Status, answer)', "}", "fmt.Println(string(answer))"),
};

const nothing: Parts = { imports: ["io"], main: (send) => lines(send, refused()) };

const events: Parts = {
  imports: ["bufio", "fmt", "io", "strings"],
  main: (send) =>
    lines(
      send,
      refused(),
      "scanner := bufio.NewScanner(response.Body)",
      "scanner.Buffer(nil, 1<<20)",
      "for scanner.Scan() {",
      '\tif data, isData := strings.CutPrefix(scanner.Text(), "data: "); isData {',
      "\t\tfmt.Println(data)",
      "\t}",
      "}",
      "if err := scanner.Err(); err != nil {",
      "\tlog.Fatal(err)",
      "}",
    ),
};

const pages: Parts = {
  imports: ["encoding/json", "fmt", "io", "net/url"],
  main: (send, address) =>
    lines(
      `first := ${address}`,
      'for address := first; address != ""; {',
      indent(
        lines(
          send,
          refused(),
          "page, err := io.ReadAll(response.Body)",
          "response.Body.Close()",
          ...check("err"),
          "fmt.Println(string(page))",
          "var next struct {",
          "\tCursor string `json:\"nextCursor\"`",
          "}",
          "if err := json.Unmarshal(page, &next); err != nil {",
          "\tlog.Fatal(err)",
          "}",
          'address = ""',
          'if next.Cursor != "" {',
          '\taddress = first + "&cursor=" + url.QueryEscape(next.Cursor)',
          "}",
        ),
        "\t",
      ),
      "}",
    ),
};

const text = (value: string) => (value.includes("`") ? JSON.stringify(value) : `\`${value}\``);
