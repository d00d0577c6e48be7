/** Open to orchestrators wherever they call from, and by whatever name: their answers say nothing about anybody. */
export const probes: ReadonlySet<string> = new Set(["/health", "/livez", "/readyz"]);
