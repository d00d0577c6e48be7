import { indent, json, lines } from "./layout.ts";
import type { SampleRequest } from "./request.ts";
import { rustSocket } from "./socket.ts";

/** With `reqwest` (features `blocking` and `json`) and `serde_json`. */
export function rustSample({ id, method, url, headers, body, needsToken, answer, asksForEvents }: SampleRequest): string {
  if (id === "openSocket") return rustSocket;
  const isJson = answer === "json" || answer === "pages";
  const uses = [answer === "events" && "use std::io::{BufRead, BufReader};", needsToken && "use std::env;", answer === "pages" && "use serde_json::Value;", isJson && answer !== "pages" && body === undefined && "use serde_json::Value;", body !== undefined && (isJson ? "use serde_json::{Value, json};" : "use serde_json::json;")].filter((use) => use !== false);
  const request = (more: readonly string[] = []) =>
    lines(
      `.${method.toLowerCase()}(${JSON.stringify(url)})`,
      ...more,
      needsToken && `.bearer_auth(${answer === "pages" ? "&token" : 'env::var("OPENCLAW_TOKEN")?'})`,
      asksForEvents && '.header("Accept", "text/event-stream")',
      ...Object.entries(headers).map(([name, value]) => `.header(${JSON.stringify(name)}, ${JSON.stringify(value)})`),
      body !== undefined && `.json(&json!(${json(body)}))`,
      ".send()?;",
    );
  // Not `error_for_status`, which throws away what the gateway says is wrong.
  const send = (more?: readonly string[]) =>
    lines("let response = client", indent(request(more), "    "), "if !response.status().is_success() {", '    return Err(format!("{}: {}", response.status(), response.text()?).into());', "}");
  const client = "let client = reqwest::blocking::Client::new();";
  const code = {
    // A stream lasts as long as its turn: longer than the time that a client gives an answer by default.
    events: () =>
      lines("let client = reqwest::blocking::Client::builder().timeout(None).build()?;", send(), "for line in BufReader::new(response).lines() {", '    if let Some(data) = line?.strip_prefix("data: ") {', '        println!("{data}");', "    }", "}"),
    pages: () =>
      lines(
        client,
        'let token = env::var("OPENCLAW_TOKEN")?;',
        "let mut cursor: Option<String> = None;",
        "loop {",
        indent(lines(send(['.query(&cursor.map(|after| [("cursor", after)]))']), "let page: Value = response.json()?;", 'println!("{page:#}");', 'cursor = page["nextCursor"].as_str().map(String::from);', "if cursor.is_none() {", "    return Ok(());", "}"), "    "),
        "}",
      ),
    json: () => lines(client, send(), "let answer: Value = response.json()?;", 'println!("{answer:#}");'),
    text: () => lines(client, send(), 'println!("{}", response.text()?);'),
    nothing: () => lines(client, send()),
  }[answer]();
  return lines(...uses.sort(), uses.length > 0 && "", "fn main() -> Result<(), Box<dyn std::error::Error>> {", indent(code, "    "), answer !== "pages" && "    Ok(())", "}");
}
