import type { CallToolResult } from "@modelcontextprotocol/client";

/** What a model reads of a result: its texts; other parts in a line each; the structured content where there is no text. */
export function resultText({ content, structuredContent }: CallToolResult): string {
  const isWithText = content.some((part) => part.type === "text" && part.text !== "");
  const lines = content.map(describe);
  if (!isWithText && structuredContent !== undefined) lines.push(JSON.stringify(structuredContent));
  return lines.filter((line) => line !== "").join("\n");
}

function describe(part: CallToolResult["content"][number]): string {
  switch (part.type) {
    case "text":
      return part.text;
    case "image":
    case "audio":
      return `[${part.type}: ${part.mimeType}, ${bytesOf(part.data)} bytes]`;
    case "resource_link":
      return `[resource: ${part.name}, ${part.mimeType ?? "unknown type"}, ${part.uri}]`;
    case "resource": {
      const { uri, mimeType = "unknown type" } = part.resource;
      if ("text" in part.resource) return `[resource: ${uri}, ${mimeType}]\n${part.resource.text}`;
      return `[resource: ${uri}, ${mimeType}, ${bytesOf(part.resource.blob)} bytes]`;
    }
  }
}

function bytesOf(base64: string): number {
  return Buffer.byteLength(base64, "base64");
}
