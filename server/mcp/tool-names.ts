import { createHash } from "node:crypto";

const maxLength = 64;

/**
 * The names under which models, policies and callers know the tools of a server: `server__tool`, in letters, digits, `_`
 * and `-`, at most 64 of them, which is what the providers take. A name that had to be cut, that two tools would share, or
 * that could be another server's tool, ends in a hash of both names. Each name depends on the names of the servers and of
 * this server's tools only, not on their order or on who came first: a policy written for a name never meets another tool.
 */
export function toolNames(server: string, tools: readonly string[], otherServers: readonly string[]): Map<string, string> {
  const taken = new Map<string, number>();
  for (const tool of tools) {
    const plain = plainName(server, tool);
    // A name that is legal as it is goes before those that had to be changed into it.
    taken.set(plain, (taken.get(plain) ?? 0) + (plain === `${server}__${tool}` ? 1_000_000 : 1));
  }
  return new Map(
    tools.map((tool) => {
      const plain = plainName(server, tool);
      const isItself = plain === `${server}__${tool}`;
      const isShared = !isItself && taken.get(plain) !== 1;
      const isAmbiguous = otherServers.some((other) => plain.startsWith(`${other}__`));
      return [tool, isShared || isAmbiguous || plain.length > maxLength ? hashedName(plain, server, tool) : plain];
    }),
  );
}

function plainName(server: string, tool: string): string {
  return `${server}__${tool.replace(/[^A-Za-z0-9_-]/g, "_")}`;
}

function hashedName(plain: string, server: string, tool: string): string {
  const hash = createHash("sha256").update(`${server}\0${tool}`).digest("hex").slice(0, 8);
  return `${plain.slice(0, maxLength - hash.length - 1)}_${hash}`;
}
