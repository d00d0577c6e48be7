/** Bytes of `"1MB"`, `"512 KB"`, `"100"` or a number; units are of 1024. Undefined for what is no size. */
export function parseByteSize(size: string | number): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([KMG]?)(?:i?B)?$/i.exec(String(size).trim());
  if (!match) return undefined;
  const [, number = "", unit = ""] = match;
  return Math.floor(Number(number) * 1024 ** ["", "K", "M", "G"].indexOf(unit.toUpperCase()));
}
