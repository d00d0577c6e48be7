import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { dayMs } from "../../../server/durations.ts";
import { openDatabase } from "../../../server/storage/database.ts";
import { HttpConnection } from "../load/connection.ts";
import { get } from "../requests.ts";
import { percentile } from "../statistics.ts";
import type { Bench } from "./bench.ts";

/** What a client waits for 30 days of statistics, out of a year's rows of usage: one for each user and day. The reference counts nothing, and so has no figures. */
export async function measureStats(bench: Bench): Promise<void> {
  const folder = bench.lifetime.folder();
  await fill(folder);
  const server = await bench.startGateway("embedded", folder);
  await server.answers("/readyz");
  const connection = await HttpConnection.open(server.port);
  const ask = async (path: string): Promise<number> => {
    const began = performance.now();
    let text = "";
    const status = await connection.exchange(get(server.port, path), (part) => (text += part));
    if (status !== 200 || !text.includes(`"uniqueUsers":${users}`)) throw new Error(`${path} answered ${status}: ${text.slice(0, 400)}`);
    return performance.now() - began;
  };
  for (const [id, path] of [["totals", "/api/v1/stats"], ["workspaces", "/api/v1/stats/workspaces"], ["users", "/api/v1/stats/users"]] as const) {
    for (let index = 0; index < 10; index++) await ask(path);
    const times: number[] = [];
    for (let index = 0; index < 60; index++) times.push(await ask(path));
    for (const percent of [50, 99]) {
      bench.figures.record({ id: `stats/${id}-p${percent}`, group: `30 days of ${rows.toLocaleString("en")} rows of usage`, label: `${id}, p${percent}`, unit: "ms" }, "gateway", percentile(times, percent));
    }
  }
  connection.close();
  await server.stop();
}

const rows = 1_000_000;
const days = 366;
const rowsADay = Math.floor(rows / days);
/** Each day has others of them; within 30 days all have come by. */
const users = 20_000;

/** Past the API and the log of events, which would take hours. */
async function fill(stateDir: string): Promise<void> {
  mkdirSync(stateDir, { recursive: true });
  const file = join(stateDir, "openclaw.db");
  await (await openDatabase(`sqlite:${file}`)).close();
  const database = new DatabaseSync(file);
  const today = Math.floor(Date.now() / dayMs);
  const numbers = (count: number) => `with recursive numbers (n) as (select 0 union all select n + 1 from numbers where n < ${count - 1})`;
  const ofDay = `${today} - n % ${days}`;
  const user = `1 + (n / ${days} + n % ${days} * ${rowsADay}) % ${users}`;
  database.exec(`
    begin;
    insert into usage_users (number, user_id, key_id) ${numbers(users)} select n + 1, 'telegram:' || (100000000 + n), '' from numbers;
    insert into usage_user_days (day, workspace_id, user_number, turns, errors, unpriced, tokens_in, tokens_out, cost_nano_usd)
      ${numbers(rows)} select ${ofDay}, 'team-' || (n / ${days} % 5), ${user}, 3, 0, 0, 1000 + n % 997, 2000, 123456 + n % 991 from numbers;
    insert into usage_days (day, workspace_id, model, turns, errors, unpriced, tokens_in, tokens_out, cost_nano_usd, answered, latency_ms)
      ${numbers(days * 20)} select ${ofDay}, 'team-' || (n / ${days} % 5), 'model-' || (n / ${days * 5}), 400, 1, 0, 100000, 200000, 12345678, 399, 800000 from numbers;
    insert into usage_latencies (day, workspace_id, bucket, answered)
      ${numbers(days * 200)} select ${ofDay}, 'team-' || (n / ${days} % 5), n / ${days * 5}, 50 from numbers;
    commit;`);
  database.close();
}
