import { describe, expect, test } from "vitest";
import { examplesPython, expectRefusedByLimit, lacksPythonExample, runExample, serveExample, startExampleGateway, tightLimit } from "../../contract-tests/harness/examples.ts";
import { freePort } from "../../contract-tests/harness/free-port.ts";
import type { TestGateway } from "../../contract-tests/harness/gateway.ts";

const cwd = import.meta.dirname;

interface Answer {
  status: number;
  headers: Headers;
  body: { report?: string; tokens?: number; sessionId?: string; error?: string };
}

/** The service on a port of its own: a function that asks it for a report. */
async function serve(gateway: TestGateway, env: Record<string, string> = {}) {
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const { printed } = await serveExample(examplesPython, ["-m", "flask", "--app", "report", "run", "--port", String(port)], { address, cwd, url: gateway.url, env });
  const report = async (body: unknown): Promise<Answer> => {
    const answer = await fetch(`${address}/reports/weekly`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Answer["body"] };
  };
  return { report, printed };
}

const ofSales = { team: "sales", metrics: { orders: 312 } };

describe.skipIf(lacksPythonExample("flask", "openclaw"))("examples/flask-report", { timeout: 60_000 }, () => {
  test("has the agent write a report, in the team's name and in its own workspace", async () => {
    const gateway = await startExampleGateway({ settings: { workspaces: [{ id: "analytics" }] } });
    const { report } = await serve(gateway, { OPENCLAW_WORKSPACE: "analytics" });
    const { status, body } = await report(ofSales);
    expect([status, body]).toEqual([200, { report: expect.stringContaining('no other numbers: {"orders": 312}') as unknown, tokens: expect.any(Number) as unknown, sessionId: expect.stringMatching(/^sess_/) as unknown }]);
    const session: unknown = await (await gateway.call(`/api/v1/sessions/${body.sessionId}`)).json();
    expect(session).toMatchObject({ workspace: "analytics", userId: "report-sales", messageCount: 2 });
    for (const wrong of [{}, [], { team: "sales" }, { team: 7, metrics: { orders: 1 } }]) expect((await report(wrong)).status).toBe(400);
  });

  test("waits while the gateway says that it is too much, and passes a refusal on without its reason", async () => {
    const gateway = await startExampleGateway({ settings: { api: tightLimit() } });
    const { report, printed } = await serve(gateway);
    expect((await report(ofSales)).status).toBe(200);
    expect((await report(ofSales)).status).toBe(200);
    await expectRefusedByLimit(gateway);
    const elsewhere = await serve(await startExampleGateway(), { OPENCLAW_WORKSPACE: "nowhere" });
    expect(await elsewhere.report(ofSales)).toMatchObject({ status: 502, body: { error: "The report could not be written." } });
    expect(elsewhere.printed()).toMatch(/gateway: .*nowhere.* \(request req_/);
    expect(printed()).not.toContain("gateway:");
  });

  test("does not start with a wrong token, and says why", async () => {
    const { url } = await startExampleGateway();
    const { stderr, status } = await runExample(examplesPython, ["-m", "flask", "--app", "report", "run", "--port", String(await freePort())], { cwd, url, token: "oc_tok_nobody" });
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^The gateway cannot be used: .*\(401 unauthorized\)\n$/m)]);
  });
});
