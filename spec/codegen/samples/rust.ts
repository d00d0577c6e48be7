import { indent, json, lines } from "./layout.ts";
import type { SampleRequest } from "./request.ts";
import { rustSocket } from "./socket.ts";

/** With `reqwest` (features `blocking` and `json`) and `serde_json`. */
export function rustSample({ id, method, url, headers, body, needsToken, answer, asksForEvents }: SampleRequest): string {
  if (id === "openSocket") return rustSocket;
  const isJson = answer === "json" || answer === "pages";
  const uses = [answer === "events" && "use std::io::{BufRead, BufReader};", needsToken && "use std::env;", answer === "pages" && "use serde_json::Value;", isJson && answer !== "pages" && body === undefined && "use serde_json::Value;", body !== undefined && (isJson ? "use serde_json::{Value, json};" : "use serde_json::json;")].filter((use) => use !== false);
  const request = (address: string, more: readonly string[] = []) =>
    lines(
      `.${method.toLowerCase()}(${address})`,
      ...more,
      needsToken && `.bearer_auth(${answer === "pages" ? "&token" : 'env::var("OPENCLAW_TOKEN")?'})`,
      asksForEvents && '.header("Accept", "text/event-stream")',
      ...Object.entries(headers).map(([name, value]) => `.header(${JSON.stringify(name)}, ${JSON.stringify(value)})`),
      body !== undefined && `.json(&json!(${json(body)}))`,
      ".send()?",
      ".error_for_status()?",
    );
  const client = "let client = reqwest::blocking::Client::new();";
  const call = (name: string, tail: string) => lines(`let ${name} = client`, indent(lines(request(JSON.stringify(url)), tail), "    ") + ";");
  const code = {
    // A stream lasts as long as its turn: longer than the time that a client gives an answer by default.
    events: () =>
      lines("let client = reqwest::blocking::Client::builder().timeout(None).build()?;", lines("let response = client", indent(request(JSON.stringify(url)), "    ") + ";"), "for line in BufReader::new(response).lines() {", '    if let Some(data) = line?.strip_prefix("data: ") {', '        println!("{data}");', "    }", "}"),
    pages: () =>
      lines(
        client,
        'let token = env::var("OPENCLAW_TOKEN")?;',
        "let mut cursor: Option<String> = None;",
        "loop {",
        indent(lines("let page: Value = client", indent(request(JSON.stringify(url), [".query(&cursor.map(|after| [(\"cursor\", after)]))"]), "    "), "    .json()?;", 'println!("{page:#}");', 'cursor = page["nextCursor"].as_str().map(String::from);', "if cursor.is_none() {", "    return Ok(());", "}"), "    "),
        "}",
      ),
    json: () => lines(client, call("answer: Value", ".json()?"), 'println!("{answer:#}");'),
    text: () => lines(client, call("answer", ".text()?"), 'println!("{answer}");'),
    nothing: () => lines(client, "client", indent(request(JSON.stringify(url)), "    ") + ";"),
  }[answer]();
  return lines(...uses.sort(), uses.length > 0 && "", "fn main() -> Result<(), Box<dyn std::error::Error>> {", indent(code, "    "), answer !== "pages" && "    Ok(())", "}");
}
