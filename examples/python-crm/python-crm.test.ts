import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { startUpstreamServer, type FakeUpstream } from "../../contract-tests/fakes/upstream-server.ts";
import { examplesPython, expectRefusedByLimit, lacksPythonExample, runExample, startExampleGateway, tightLimit } from "../../contract-tests/harness/examples.ts";

const [program, sample] = ["crm_tickets.py", "sample-feedback.csv"].map((name) => join(import.meta.dirname, name)) as [string, string];

async function folderForTickets(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "openclaw-tickets-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, "tickets");
}

/** A model that does as the script's prompts say, in a Markdown fence like many of them; but of what is late it only talks. */
async function startAnalyst(): Promise<FakeUpstream> {
  const upstream = await startUpstreamServer("/v1", async (exchange) => {
    const { messages } = exchange.body as { messages: { role: string; content: string }[] };
    const asked = messages.at(-1)!.content;
    const urgency = asked.includes("broke") ? "high" : "low";
    const analysis = JSON.stringify({ sentiment: "negative", category: "product quality", urgency, summary: "A summary.", suggestedAction: "An action." });
    const isAnalysis = messages[0]!.content.includes("sort customer feedback") && !asked.startsWith("Write our first reply");
    const content = !isAnalysis ? `Dear ${/to (\w+),/.exec(asked)?.[1]}` : asked.includes("late") ? "The customer is not happy." : `\`\`\`json\n${analysis}\n\`\`\``;
    const message = { role: "assistant", content };
    exchange.json(200, { id: "chatcmpl-1", object: "chat.completion", created: 1, model: "analyst", choices: [{ index: 0, message, finish_reason: "stop" }], usage: { prompt_tokens: 1, completion_tokens: 1 } });
  });
  onTestFinished(() => upstream.close());
  return upstream;
}

const modelsOf = (upstream: FakeUpstream) => ({ default: "fake/analyst", providers: { fake: { type: "openai", baseUrl: upstream.url, models: [{ id: "analyst" }] } } });

async function read(folder: string, id: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(join(folder, `${id}.json`), "utf8")) as Record<string, unknown>;
}

describe.skipIf(lacksPythonExample("requests"))("examples/python-crm", { timeout: 60_000 }, () => {
  test("writes a ticket for each piece of feedback, once", async () => {
    const upstream = await startAnalyst();
    const { url, call } = await startExampleGateway({ settings: { models: modelsOf(upstream) } });
    const tickets = await folderForTickets();

    const first = await runExample(examplesPython, [program, sample, tickets], { url });
    expect([first.status, first.stderr]).toEqual([0, ""]);
    expect(first.stdout).toContain("FB-1001: high, A summary. (to be reviewed)\n");
    expect(first.stdout).toMatch(/\n3 new, 0 had a ticket\n$/);
    expect((await readdir(tickets)).toSorted()).toEqual(["FB-1001.json", "FB-1002.json", "FB-1003.json"]);
    expect(await read(tickets, "FB-1001")).toMatchObject({ customer_id: "CUST_001", title: "A summary.", priority: "high", reply: "Dear Ada", needs_review: true, auto_generated: true, model: "analyst" });
    expect(await read(tickets, "FB-1002")).toMatchObject({ title: "Delivery was a day late, but the parcel was fine.", priority: "medium", analysis: null, needs_review: true });
    const third = await read(tickets, "FB-1003");
    expect(third).toMatchObject({ analysis: { sentiment: "negative", urgency: "low" }, reply: "Dear Edsger", needs_review: false });
    const conversation = (await (await call(`/api/v1/conversations/${String(third["conversationId"])}`)).json()) as { messages: { content: string }[] };
    expect(conversation.messages.map(({ content }) => content)).toEqual([third["description"], expect.stringContaining("json"), "Write our first reply to Edsger, who wrote that.", "Dear Edsger"]);
    expect(upstream.requests).toHaveLength(6);

    expect((await runExample(examplesPython, [program, sample, tickets], { url })).stdout).toBe("0 new, 3 had a ticket\n");
    // As after a crash before the ticket was written.
    await rm(join(tickets, "FB-1003.json"));
    expect((await runExample(examplesPython, [program, sample, tickets], { url })).stdout).toMatch(/\n1 new, 2 had a ticket\n$/);
    expect(await read(tickets, "FB-1003")).toEqual(third);
    expect(upstream.requests).toHaveLength(6);
  });

  test("waits while the gateway says that it is too much", async () => {
    const gateway = await startExampleGateway({ settings: { api: tightLimit() } });
    const tickets = await folderForTickets();
    const file = join(tickets, "../one.csv");
    await writeFile(file, "feedback_id,customer_id,name,feedback\nFB-1,CUST_1,Ada,Fine\n");
    const { stdout, stderr, status } = await runExample(examplesPython, [program, file, tickets], gateway);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toBe("FB-1: medium, Fine (to be reviewed)\n1 new, 0 had a ticket\n");
    await expectRefusedByLimit(gateway);
  });

  test("ends with status 1 and the reason: a wrong token, no gateway, a file that will not do", async () => {
    const { url } = await startExampleGateway();
    const tickets = await folderForTickets();
    const wrong = await runExample(examplesPython, [program, sample, tickets], { url, token: "oc_tok_nobody" });
    expect([wrong.status, wrong.stderr]).toEqual([1, expect.stringMatching(/^The gateway answered 401: .*\(unauthorized, request req_.+\)\n$/)]);
    const nobody = await runExample(examplesPython, [program, sample, tickets], { url: "http://127.0.0.1:1" });
    expect([nobody.status, nobody.stderr]).toEqual([1, expect.stringMatching(/^No gateway answers at http:\/\/127\.0\.0\.1:1\./)]);
    const file = join(tickets, "../bad.csv");
    for (const id of ["../passwd", "réclamation-中"]) {
      await writeFile(file, `feedback_id,customer_id,name,feedback\n${id},CUST_1,Ada,Fine\n`);
      const bad = await runExample(examplesPython, [program, file, tickets], { url });
      expect([bad.status, bad.stderr]).toEqual([1, expect.stringContaining("row 1: feedback_id")]);
    }
    expect(await readdir(tickets)).toEqual([]);
  });
});
