import { createHash } from "node:crypto";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { tarGzOf, zipOf } from "./testing/archives.ts";
import { testPrincipal } from "../keys/testing.ts";
import { makeSkillsFolder, skillFile, type SkillsFolder } from "./testing/skills.ts";
import type { Skills } from "./service.ts";

const principal = testPrincipal();
let folder: SkillsFolder;
let server: Server;
/** By path; what is not here is a 404. */
let answers: Record<string, RequestListener>;
let asked: string[];
let url: string;

beforeEach(async () => {
  folder = await makeSkillsFolder();
  answers = {};
  asked = [];
  server = createServer((request, response) => {
    asked.push(request.url ?? "");
    const answer = answers[request.url ?? ""];
    if (answer) answer(request, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await folder.remove();
});

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
const archive = tarGzOf([{ path: "pdf/SKILL.md", content: skillFile("pdf", { head: "version: 2.0.0\n" }) }]);
const older = zipOf([{ path: "SKILL.md", content: skillFile("pdf", { head: "version: 1.0.0\n" }) }]);
const serve = (body: string | Buffer): RequestListener => (_request, response) => response.end(body);
const redirect = (location: string): RequestListener => (_request, response) => response.writeHead(302, { Location: location }).end();
const entry = { name: "pdf", version: "2.0.0", description: "PDF", url: "/pdf-2.tar.gz", sha256: sha256(archive) };

const publish = (...entries: unknown[]) => {
  answers["/index.json"] = serve(JSON.stringify({ skills: entries }));
  answers["/pdf-2.tar.gz"] = serve(archive);
  answers["/pdf-1.zip"] = serve(older);
};
const using = (registry = `${url}/index.json`): Skills => folder.skills({ registry });
const failure = (skills: Skills, origin = { name: "pdf" }) => skills.install(principal, origin, { force: false }).then(() => "it was installed", (error: unknown) => error);

test("installs what the index lists first, or the version that is asked for", async () => {
  publish(entry, { ...entry, version: "1.0.0", url: `${url}/pdf-1.zip`, sha256: sha256(older).toUpperCase() });
  expect(await using().install(principal, { name: "pdf" }, { force: false })).toMatchObject({ name: "pdf", version: "2.0.0", isInstalled: true });
  expect(await using().install(principal, { name: "pdf", version: "1.0.0" }, { force: true })).toMatchObject({ version: "1.0.0" });
});

test("refuses other bytes than the index promises, before they are unpacked", async () => {
  publish({ ...entry, sha256: sha256(older) });
  expect(await failure(using())).toMatchObject({ code: "unprocessable", message: expect.stringContaining("SHA-256") as string });
  expect(await using().list()).toEqual([]);
});

test("refuses an archive that holds another skill than the index says", async () => {
  publish({ ...entry, name: "csv" });
  expect(await failure(using(), { name: "csv" })).toMatchObject({ code: "unprocessable", message: "The registry's archive of `csv` holds the skill `pdf`." });
  expect(await using().list()).toEqual([]);
});

test("names what there is when the name or the version is not", async () => {
  publish(entry, { ...entry, name: "Not a name" }, { ...entry, name: "no-sum", sha256: "short" }, null);
  expect(await failure(using(), { name: "csv" })).toMatchObject({ code: "not_found", details: { skills: ["pdf"] } });
  expect(await failure(using(), { name: "no-sum" })).toMatchObject({ code: "not_found" });
  const skills = using();
  await expect(skills.install(principal, { name: "pdf", version: "9" }, { force: false })).rejects.toMatchObject({ code: "not_found", details: { versions: ["2.0.0"] } });
  expect(asked).not.toContain("/pdf-2.tar.gz");
});

test("says that the settings have no registry", async () => {
  expect(await failure(folder.skills())).toMatchObject({ code: "bad_request" });
});

describe("a registry that fails", () => {
  const broken: [what: string, answer: RequestListener, message: string][] = [
    ["is not found", (_request, response) => response.writeHead(404).end(), "it answered 404"],
    ["fails", (_request, response) => response.writeHead(500).end("secret"), "it answered 500"],
    ["answers no JSON", serve("<html>"), "not its index"],
    ["answers another JSON", serve("[]"), "not its index"],
    ["answers null", serve("null"), "not its index"],
    ["answers too much", serve(Buffer.alloc(6 * 1024 * 1024)), "more than the"],
    ["breaks off", (_request, response) => void response.writeHead(200, { "Content-Length": "100" }).write("x", () => response.destroy()), "broke off"],
    ["leads to a file", redirect("file:///etc/passwd"), "not one of HTTPS or HTTP"],
    ["leads nowhere", redirect("http://"), "it answered 302"],
    ["leads round and round", redirect("/index.json"), "more than 3 times"],
  ];
  test.each(broken)("that %s", async (_what, answer, message) => {
    answers["/index.json"] = answer;
    expect(await failure(using())).toMatchObject({ code: "provider_error", message: expect.stringContaining(message) as string });
  });

  test("that is not there", async () => {
    server.close();
    expect(await failure(using())).toMatchObject({ code: "provider_error", message: expect.stringContaining("cannot be reached") as string });
  });
});

describe("archives", () => {
  test("come from the registry's own host, although it is private, and after redirects", async () => {
    publish({ ...entry, url: "/moved" });
    answers["/moved"] = redirect(`${url}/pdf-2.tar.gz`);
    expect(await using().install(principal, { name: "pdf" }, { force: false })).toMatchObject({ name: "pdf" });
  });

  test.each([
    "http://127.0.0.2:PORT/pdf-2.tar.gz", "http://localhost:PORT/pdf-2.tar.gz", "http://[::1]:PORT/x", "http://[::ffff:127.0.0.2]:PORT/x", "http://2130706434:PORT/x", "http://0x7f.2:PORT/x", "http://0.0.0.0:PORT/x",
    "http://169.254.169.254/latest", "http://10.0.0.1/x", "http://[fd00:ec2::254]/x", "http://[64:ff9b::7f00:1]/x", "http://100.64.0.1/x",
  ])("do not come from the private address %s, by themselves or by a redirect", async (target) => {
    const there = target.replace("PORT", new URL(url).port);
    publish({ ...entry, url: there });
    const refused = { code: "provider_error", message: expect.stringContaining("a private address") as string };
    expect(await failure(using())).toMatchObject(refused);
    publish({ ...entry, url: "/moved" });
    answers["/moved"] = redirect(there);
    expect(await failure(using())).toMatchObject(refused);
    expect(asked).not.toContain("/x");
    expect(asked).not.toContain("/pdf-2.tar.gz");
  });

  test("come from a private address that the settings allow", async () => {
    publish({ ...entry, url: `http://localhost:${new URL(url).port}/pdf-2.tar.gz` });
    const skills = folder.skills({ registry: `${url}/index.json`, allowPrivate: ["127.0.0.0/8"] });
    expect(await skills.install(principal, { name: "pdf" }, { force: false })).toMatchObject({ name: "pdf" });
  });
});
