/**
 * The client that hey-api generates from the contract: one function an operation, for whoever wants every operation as it
 * is on the wire. It has neither the resuming streams nor the errors of `@openclaw/sdk`.
 */
export * from "../../../../generated/clients/hey-api/index.ts";
export { createClient, createConfig, type Client, type Config } from "../../../../generated/clients/hey-api/client/index.ts";
export { client } from "../../../../generated/clients/hey-api/client.gen.ts";
