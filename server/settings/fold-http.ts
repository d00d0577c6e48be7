import type { Cors } from "../../generated/server/settings.ts";
import { parseByteSize } from "./byte-size.ts";
import type { Folding } from "./folding.ts";
import { isNetwork } from "./network-names.ts";
import type { CorsSettings, HttpSettings } from "./settings.ts";

const defaultPort = 18_789;
const defaultBodyBytes = 1024 * 1024;
const largestBodyBytes = 1024 ** 3;

/** Where the gateway listens, and whom it lets in. */
export function foldHttp(folding: Folding): HttpSettings {
  const { file, argv } = folding;
  const { gateway = {}, api = {} } = file;
  return {
    host: foldHost(argv.host ?? gateway.host ?? "127.0.0.1", folding),
    port: foldPort(folding),
    apiEnabled: gateway.apiEnabled !== false && api.enabled !== false,
    trustedProxies: foldNetworks(gateway.trustedProxies, "/gateway/trustedProxies", folding),
    allowedHosts: (gateway.allowedHosts ?? []).map((name, index) => foldHostName(name, `/gateway/allowedHosts/${index}`, folding)),
    cors: foldCors(folding),
    maxBodyBytes: foldBodySize(folding),
    allowedIPs: foldNetworks(api.security?.allowedIPs, "/api/security/allowedIPs", folding),
  };
}

function foldHost(host: string, { argv, fault }: Folding): string {
  // Node would take an empty host, or none, for all addresses.
  if (host.trim() === "" || /[\s/]/.test(host)) fault(argv.host === undefined ? "/gateway/host" : "--host", "must be an address or host name.");
  return host.replace(/^\[(.*)\]$/, "$1");
}

function foldPort({ file: { gateway = {}, api = {} }, argv, env, fault, warn }: Folding): number {
  if (argv.port !== undefined) return argv.port;
  for (const name of ["OPENCLAW_GATEWAY_PORT", "PORT"]) {
    const text = env[name];
    if (text === undefined || text === "") continue;
    if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
    fault(`$${name}`, "in the environment must be a port, a whole number from 0 to 65535.");
    return defaultPort;
  }
  if (gateway.port !== undefined && api.port !== undefined && gateway.port !== api.port) {
    warn(`gateway.port (${gateway.port}) and api.port (${api.port}) differ; there is one port, and it is gateway.port.`);
  }
  return gateway.port ?? api.port ?? defaultPort;
}

function foldNetworks(names: readonly string[] = [], pointer: string, { fault }: Folding): readonly string[] {
  names.forEach((name, index) => {
    if (!isNetwork(name)) fault(`${pointer}/${index}`, "must be an IP address or a network such as 10.0.0.0/8.");
  });
  return names;
}

/** As a browser sends it: in lower case and Punycode, without a dot at its end. */
function foldHostName(written: string, pointer: string, { fault }: Folding): string {
  const url = URL.canParse(`http://${written}`) ? new URL(`http://${written}`) : undefined;
  // `http://name:80` has lost its port by now, and `name/` has no path.
  if (url && /^[a-z0-9._-]+$/.test(url.hostname) && !/[:/?#@]/.test(written)) return url.hostname.replace(/\.$/, "");
  fault(pointer, "must be a host name such as gateway.example.com, without scheme, port or path.");
  return written;
}

/** Three places may name origins; what any of them lets in may come in. */
function foldCors(folding: Folding): CorsSettings | null {
  const { gateway = {}, api = {} } = folding.file;
  const places: [string, Cors | undefined][] = [
    ["/gateway/cors", gateway.cors],
    ["/api/cors", api.cors],
    ["/api/security/cors", api.security?.cors],
  ];
  const origins = new Set<string>();
  const methods = new Set<CorsSettings["methods"][number]>();
  for (const [pointer, cors] of places) {
    if (!cors || cors.enabled === false) continue;
    cors.origins?.forEach((origin, index) => origins.add(foldOrigin(origin, `${pointer}/origins/${index}`, folding)));
    for (const method of cors.methods ?? ["GET", "POST", "PUT", "PATCH", "DELETE"]) methods.add(method);
  }
  return origins.size === 0 ? null : { origins: [...origins], methods: [...methods] };
}

/** As a browser sends it: without a path or a slash at its end. */
function foldOrigin(written: string, pointer: string, { fault }: Folding): string {
  if (written === "*") return written;
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (!url || url.origin === "null" || (url.pathname !== "/" && url.pathname !== "") || url.search !== "" || url.hash !== "" || url.username !== "") {
    fault(pointer, "must be an origin such as https://your-app.com, without a path, or *.");
    return written;
  }
  return url.origin;
}

function foldBodySize({ file, fault }: Folding): number {
  const written = file.api?.security?.maxBodySize;
  if (written === undefined) return defaultBodyBytes;
  const bytes = parseByteSize(written);
  if (bytes !== undefined && bytes >= 1 && bytes <= largestBodyBytes) return bytes;
  fault("/api/security/maxBodySize", 'must be a size from 1 byte to 1GB, such as "512KB" or "1MB", or a number of bytes.');
  return defaultBodyBytes;
}
