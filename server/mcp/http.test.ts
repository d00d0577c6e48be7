import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { createTools } from "../tools/registry.ts";
import { testToolContext, testToolSettings } from "../tools/testing.ts";
import { createTestMcp, everythingProgram, type TestMcp } from "./testing.ts";

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

const context = testToolContext();

/** The real server over HTTP, on this port. */
async function startEverything(port: number): Promise<() => Promise<void>> {
  const program = spawn(process.execPath, [everythingProgram, "streamableHttp"], { env: { PORT: String(port) }, stdio: ["ignore", "ignore", "pipe"] });
  const stop = async (): Promise<void> => {
    if (program.exitCode !== null || program.signalCode !== null) return;
    program.kill("SIGKILL");
    await once(program, "exit");
  };
  cleanUps.push(stop);
  let said = "";
  for await (const chunk of program.stderr) if ((said += String(chunk)).includes("listening on port")) return stop;
  throw new Error(`the server did not start: ${said}`);
}

async function serve(listener: RequestListener): Promise<Server & { port: number }> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanUps.push(() => {
    server.closeAllConnections();
    return server.close();
  });
  return Object.assign(server, { port: (server.address() as AddressInfo).port });
}

async function freePort(): Promise<number> {
  const server = await serve(() => {});
  server.close();
  return server.port;
}

function connect(url: string, headers: Record<string, string> = {}): TestMcp {
  const started = createTestMcp();
  cleanUps.push(() => started.mcp.close());
  started.mcp.use({ servers: { remote: { enabled: true, transport: "http", url, headers } } });
  return started;
}

const status = ({ mcp }: TestMcp) => mcp.list()[0]!;
const reaches = (test: TestMcp, state: string) => vi.waitFor(() => expect(status(test).state).toBe(state), { timeout: 10_000 });

test("a real server: called, gone during a call, and back", async () => {
  const port = await freePort();
  const stop = await startEverything(port);
  const started = connect(`http://127.0.0.1:${port}/mcp`);
  await reaches(started, "connected");
  const tools = createTools({ settings: testToolSettings(), sources: [started.mcp] });
  expect(await tools.invoke("remote__echo", '{"message":"hello"}', context)).toBe("Echo: hello");

  const long = tools.invoke("remote__trigger-long-running-operation", '{"duration":60,"steps":60}', context);
  const failure = long.catch((error: unknown) => error);
  await stop();
  await vi.waitFor(() => expect(started.waiting).toHaveLength(1), { timeout: 10_000 });
  expect(await failure).toMatchObject({ name: "ToolError", message: expect.stringMatching(/^The MCP server remote failed: the (connection was lost|server cannot be reached)/) as string });
  expect(status(started)).toMatchObject({ state: "disconnected", toolCount: 0 });

  started.waiting[0]!.run();
  await vi.waitFor(() => expect(started.waiting.map(({ delayMs }) => delayMs)).toEqual([2_000]));
  expect(status(started).lastError).toBe("the server cannot be reached (ECONNREFUSED)");
  await startEverything(port);
  started.waiting[0]!.run();
  await reaches(started, "connected");
  expect(await tools.invoke("remote__echo", '{"message":"again"}', context)).toBe("Echo: again");
});

test.each([
  [500, "the server answered with HTTP 500"],
  [401, "the server answered with HTTP 401; check the headers in the settings (OAuth is not supported)"],
])("HTTP %i is told in our words: no header, no body", async (code, reason) => {
  const seen: (string | undefined)[] = [];
  const { port } = await serve(({ headers }, response) => {
    seen.push(headers.authorization);
    response.writeHead(code).end(`you sent ${headers.authorization}`);
  });
  const started = connect(`http://127.0.0.1:${port}/?key=SENTINEL-query`, { Authorization: "Bearer SENTINEL-header" });
  await reaches(started, "disconnected");
  expect(seen[0]).toBe("Bearer SENTINEL-header");
  expect(status(started).lastError).toBe(reason);
  expect(JSON.stringify(started.logged)).not.toContain("SENTINEL");
});

test("a header that HTTP does not allow is not repeated", async () => {
  const started = connect("http://127.0.0.1:1/", { Authorization: "Bearer SENTINEL\nvalue" });
  await reaches(started, "disconnected");
  expect(status(started).lastError).toBe("a header in the settings has a name or a value that is not legal in HTTP");
});

test("a redirect to another place is not followed, so that the headers stay with the server of the settings", async () => {
  let isReached = false;
  const elsewhere = await serve((_request, response) => {
    isReached = true;
    response.end();
  });
  const { port } = await serve((_request, response) => response.writeHead(307, { Location: `http://127.0.0.1:${elsewhere.port}/` }).end());
  const started = connect(`http://127.0.0.1:${port}/`, { Authorization: "Bearer SENTINEL-header" });
  await reaches(started, "disconnected");
  expect(isReached).toBe(false);
});

test("an answer that does not end is given up", async () => {
  const { port } = await serve((_request, response) => {
    response.writeHead(200, { "Content-Type": "application/json" });
    const block = "x".repeat(1_000_000);
    const write = (): void => {
      while (!response.destroyed && response.write(block));
      response.once("drain", write);
    };
    write();
  });
  const started = connect(`http://127.0.0.1:${port}/`);
  await reaches(started, "disconnected");
  expect(status(started).lastError).toBe("the server sent more than 10485760 bytes at once");
});
