import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./free-port.ts";
import { lacks } from "./lacks.ts";

/** For `describe.skipIf`. */
export const lacksNginx = lacks("nginx", "nginx", ["-v"]) || lacks("openssl", "openssl", ["version"]);

export interface Nginx {
  port: number;
  /** The certificate that it shows for `serverName`, in PEM. */
  certificate: string;
  close(): Promise<void>;
}

/**
 * Starts nginx with what goes into its `http` block, whose port 443, certificate and upstream `127.0.0.1:18789` are replaced
 * by a free port, one made for `serverName`, and `upstreamPort`. What else it has is as it stands.
 */
export async function startNginx(configuration: string, { serverName, upstreamPort }: { serverName: string; upstreamPort: number }): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), "openclaw-nginx-"));
  const [port, certificate, key] = [await freePort(), join(folder, "certificate.pem"), join(folder, "key.pem")];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
  execFileSync("openssl", ["req", "-x509", ...curve, "-nodes", "-days", "1", "-subj", `/CN=${serverName}`, "-addext", `subjectAltName=DNS:${serverName}`, "-keyout", key, "-out", certificate], { stdio: "ignore" });
  const http = configuration
    .replace(/listen 443/, `listen 127.0.0.1:${port}`)
    .replace(/(ssl_certificate +)\S+;/, `$1${certificate};`)
    .replace(/(ssl_certificate_key +)\S+;/, `$1${key};`)
    .replace(/127\.0\.0\.1:18789/g, `127.0.0.1:${upstreamPort}`);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${join(folder, name)};`).join(" ");
  const file = join(folder, "nginx.conf");
  // As root its worker would be somebody else, who may not enter the folder.
  const user = process.getuid?.() === 0 ? "user root;" : "";
  writeFileSync(file, `daemon off; ${user} pid ${join(folder, "pid")}; error_log stderr; events {} http { access_log off; ${temporary}\n${http}\n}`);

  const child = spawn("nginx", ["-p", folder, "-c", file, "-e", "stderr"], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const exit = once(child, "close");
  while (!(await takesConnections(port))) {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}:\n${said}`);
    await sleep(10);
  }
  return {
    port,
    certificate: readFileSync(certificate, "utf8"),
    async close() {
      child.kill("SIGTERM");
      await exit;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
