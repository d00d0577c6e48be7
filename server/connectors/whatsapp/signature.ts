import { createHmac, timingSafeEqual } from "node:crypto";

/** Whether Meta, or somebody with the app's secret, has sent these bytes: `X-Hub-Signature-256` is their HMAC-SHA256. */
export function isSigned(bytes: Buffer, header: unknown, appSecret: string): boolean {
  // What is no signature at all costs no look at the bytes.
  const [, hex] = typeof header === "string" ? (/^sha256=([\da-f]{64})$/i.exec(header) ?? []) : [];
  return hex !== undefined && timingSafeEqual(Buffer.from(hex, "hex"), createHmac("sha256", appSecret).update(bytes).digest());
}
