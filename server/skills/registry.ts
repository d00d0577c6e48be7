import { createHash } from "node:crypto";
import { GatewayError } from "../errors.ts";
import { createGuardedAgent } from "../network/guarded-agent.ts";
import { download } from "../network/download.ts";
import { limits, unprocessable } from "./entries.ts";
import type { SkillsSettings } from "./skill.ts";
import { isSkillName } from "./skill-file.ts";

/** One archive of a registry's index, which is JSON: `{"skills": [{"name", "version", "description", "url", "sha256"}]}`. */
interface RegistryEntry {
  name: string;
  version: string | null;
  /** Absolute. */
  url: URL;
  /** In small hexadecimal digits. */
  sha256: string;
}

const maxIndexBytes = 5 * 1024 * 1024;
const timeoutMs = 30_000;

/**
 * The archive of a skill, with the bytes that the registry's index promises. Without a version it is the one that the index
 * lists first. Throws `bad_request` where the settings have no registry, `not_found`, `unprocessable` for other bytes,
 * `provider_error`.
 */
export async function fetchFromRegistry({ name, version }: { name: string; version?: string | undefined }, { registry, allowPrivate }: Pick<SkillsSettings, "registry" | "allowPrivate">): Promise<Buffer> {
  if (registry === null) throw new GatewayError("bad_request", "The settings name no registry of skills (skills.registry). Install from a path instead.", { details: { errors: [{ path: "/name", message: "needs a registry in the settings" }] } });
  const url = new URL(registry);
  // Whoever runs the gateway named this host; what its index names may lead anywhere but into his network.
  const agent = createGuardedAgent({ allowPrivate, trustedHost: url.hostname });
  try {
    const index = await fetchBytes(url, "The registry of skills", maxIndexBytes);
    const entry = find(readIndex(index, url), name, version);
    const archive = await fetchBytes(entry.url, `The archive of \`${name}\``, limits.archiveBytes);
    if (createHash("sha256").update(archive).digest("hex") !== entry.sha256) throw unprocessable(`The archive of \`${name}\` is not the one that the registry promises: its SHA-256 is another.`);
    return archive;
  } finally {
    await agent.close();
  }

  async function fetchBytes(from: URL, what: string, maxBytes: number): Promise<Buffer> {
    try {
      return await download(from, { agent, maxBytes, timeoutMs });
    } catch (error) {
      throw new GatewayError("provider_error", `${what} could not be fetched: ${error instanceof Error ? error.message : "it failed"}.`, { cause: error });
    }
  }
}

function find(entries: readonly RegistryEntry[], name: string, version: string | undefined): RegistryEntry {
  const named = entries.filter((entry) => entry.name === name);
  const found = named.find((entry) => version === undefined || entry.version === version);
  if (found !== undefined) return found;
  const known = named.length > 0 ? named.map((entry) => entry.version ?? "none") : [...new Set(entries.map((entry) => entry.name))];
  const what = named.length > 0 ? `\`${name}\` has no version \`${version}\`` : `has no skill \`${name}\``;
  throw new GatewayError("not_found", `The registry: ${what}. It has ${known.slice(0, 50).join(", ") || "none"}.`, { details: named.length > 0 ? { versions: known } : { skills: known } });
}

/** The entries that can be used; a registry may have others that are for later versions. */
function readIndex(bytes: Buffer, base: URL): RegistryEntry[] {
  let index: unknown;
  try {
    index = JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    throw unreadable(error);
  }
  const skills = (index as { skills?: unknown } | null)?.skills;
  if (!Array.isArray(skills)) throw unreadable(undefined);
  return skills.flatMap((skill: Record<string, unknown> | null) => {
    const { name, version = null, url, sha256 } = skill ?? {};
    if (typeof name !== "string" || !isSkillName(name) || typeof url !== "string" || typeof sha256 !== "string" || !/^[0-9a-f]{64}$/i.test(sha256)) return [];
    const absolute = URL.parse(url, base.href);
    return absolute === null ? [] : [{ name, version: typeof version === "string" ? version : null, url: absolute, sha256: sha256.toLowerCase() }];
  });
}

function unreadable(cause: unknown): GatewayError {
  return new GatewayError("provider_error", "The registry of skills answered something that is not its index: JSON with a list `skills`.", { cause });
}
