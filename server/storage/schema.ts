import type { Generated } from "kysely";
import type { UsageSchema } from "./usage-schema.ts";

/**
 * The tables, as Kysely types. A migration makes them, the stores are the only ones that read and write them, and
 * every row leaves a store in camelCase.
 *
 * Columns hold nothing but text, integers and null, so that SQLite and PostgreSQL agree on every value: times are
 * whole milliseconds since 1970 in UTC, booleans are 0 or 1, lists and objects are JSON text.
 */
export interface Schema extends UsageSchema {
  workspaces: WorkspacesTable;
  seeded_workspaces: SeededWorkspacesTable;
  sessions: SessionsTable;
  messages: MessagesTable;
  runs: RunsTable;
  keys: KeysTable;
  audit: AuditTable;
  memories: MemoriesTable;
  memory_vectors: MemoryVectorsTable;
  cron_jobs: CronJobsTable;
  cron_clocks: CronClocksTable;
  cron_runs: CronRunsTable;
  idempotency_keys: IdempotencyKeysTable;
  events: EventsTable;
  event_log: EventLogTable;
  webhooks: WebhooksTable;
  webhook_deliveries: WebhookDeliveriesTable;
  channel_inbox: ChannelInboxTable;
  channel_counts: ChannelCountsTable;
}

export interface WorkspacesTable {
  id: string;
  label: string;
  agent_id: string | null;
  /** JSON list of the names of skills. */
  skills: string;
  /** JSON list of user ids; an empty list lets all in. */
  allowlist: string;
  created_at: number;
  updated_at: number;
}

/** The workspaces of the settings that have been made, whatever became of them. */
interface SeededWorkspacesTable {
  id: string;
}

export interface SessionsTable {
  id: string;
  workspace_id: string;
  agent_id: string;
  user_id: string | null;
  channel: string;
  title: string | null;
  created_at: number;
  last_active_at: number;
  message_count: number;
  tokens_used: number;
  /** What was said up to and with the message of this id, in short, for the model; both or none. */
  summary: string | null;
  summary_up_to: string | null;
}

export interface MessagesTable {
  /** Always from `newId("msg")`: within a session, the order of ids is the order of the conversation. */
  id: string;
  session_id: string;
  run_id: string | null;
  role: "user" | "assistant";
  content: string;
  created_at: number;
  model: string | null;
  input_tokens: number | null;
  output_tokens: number | null;
  latency_ms: number | null;
  finish_reason: string | null;
  /** JSON list of the calls made on the way to the answer. */
  tool_calls: string | null;
}

type RunStatus = "running" | "completed" | "failed" | "cancelled";

interface RunsTable {
  id: string;
  /** Null for a run without a session, and for one whose session was deleted while it ran. */
  session_id: string | null;
  workspace_id: string;
  agent_id: string;
  key_id: string;
  user_id: string | null;
  channel: string;
  /** The edition it was asked for in, which is the one it is answered in. */
  face: string;
  /** JSON of what rendering it needs and nobody asks the database for. */
  request: string;
  status: RunStatus;
  model: string | null;
  message_id: string | null;
  /** What was answered, and JSON of the calls made, where no message holds them: without a session, or without an answer. */
  content: string | null;
  tool_calls: string | null;
  finish_reason: string | null;
  input_tokens: number | null;
  output_tokens: number | null;
  /** What they cost, and the version of the price that it was reckoned with; null where nobody knows. */
  cost_nano_usd: number | null;
  price_version: string | null;
  latency_ms: number | null;
  error_code: string | null;
  error_message: string | null;
  /** JSON object. */
  error_details: string | null;
  /** JSON list of names. */
  tools_invoked: string | null;
  created_at: number;
  finished_at: number | null;
}

export interface KeysTable {
  id: string;
  /** Of the whole secret; the secret itself is nowhere. */
  hash: string;
  label: string;
  /** The form of the token (`oc_tok_`, `oclaw_live_`, …). */
  prefix: string;
  last_four: string;
  owner: number;
  /** JSON lists; null where the key was made without. */
  scopes: string | null;
  permissions: string | null;
  workspaces: string | null;
  tools: string | null;
  deny_tools: string | null;
  rate_limit: number | null;
  max_tokens_per_day: number | null;
  expires_at: number | null;
  created_at: number;
  last_used_at: number | null;
  revoked_at: number | null;
}

/** Append-only: triggers refuse an update, and a delete within a day. */
export interface AuditTable {
  /** When the answer was out. With the id, the order of the table. */
  at: number;
  id: string;
  key_id: string | null;
  address: string | null;
  operation: string | null;
  method: string;
  object: string | null;
  status: number;
  complete: number;
  duration_ms: number;
  request_id: string;
  times: number;
}

export interface MemoriesTable {
  /** Counts up with each entry; the full-text index knows entries by it. */
  number: Generated<number>;
  id: string;
  workspace_id: string;
  /** Null for what came by the API, as is the session. */
  agent_id: string | null;
  session_id: string | null;
  source: "agent" | "api";
  text: string;
  /** JSON list. */
  tags: string;
  /** Of the text, in UTF-8. */
  bytes: number;
  created_at: number;
  last_used_at: number | null;
}

export interface MemoryVectorsTable {
  number: number;
  /** `provider/model`. */
  model: string;
  /** 32-bit floats in the machine's order; the one column of bytes. */
  vector: Uint8Array;
}

export interface CronJobsTable {
  id: string;
  workspace_id: string;
  /** JSON of a `Timing`. */
  timing: string;
  agent_id: string | null;
  message: string;
  session_id: string | null;
  catch_up: "none" | "once";
  overlap: "skip" | "allow";
  timeout_ms: number;
  /** JSON of where its answers go; null for nowhere. */
  deliver: string | null;
  delete_after_run: number;
  enabled: number;
  /** JSON of a `Principal`, its permissions as a list or `"*"`. */
  principal: string;
  created_at: number;
  updated_at: number;
}

interface CronClocksTable {
  job_id: string;
  /** What `next_at` was reckoned from. */
  timing: string;
  /** The next fire that nobody has dealt with; null when there is none. */
  next_at: number | null;
  /** The newest fire that was not skipped. */
  last_fire_id: string | null;
}

export interface CronRunsTable {
  id: string;
  job_id: string;
  workspace_id: string;
  /** Null for one by hand. */
  scheduled_for: number | null;
  status: "running" | "completed" | "failed" | "cancelled" | "timeout" | "skipped";
  run_id: string | null;
  error: string | null;
  started_at: number;
  finished_at: number | null;
}

export interface IdempotencyKeysTable {
  /** The API key that sent it. */
  key_id: string;
  idempotency_key: string;
  /** SHA-256 of the request, in hex. */
  fingerprint: string;
  /** The run that the request has, if it is one that makes a run. */
  run_id: string;
  /** `answered`: it is in `answer`; `run`: the run has it. */
  status: "running" | "answered" | "run";
  answer: string | null;
  created_at: number;
}

/** The messages of people on the platforms. A row stays after its answer, so that the same message is not taken twice. */
export interface ChannelInboxTable {
  /** In the order that they came in. */
  id: string;
  channel: string;
  /** What the platform calls the message; with the channel unique. */
  platform_id: string;
  workspace_id: string;
  chat_id: string;
  message_id: string;
  chat_type: "direct" | "group";
  user_id: string;
  user_name: string;
  /** Empty once it is answered: the session has it. */
  text: string;
  /** The run that its turn has, or will have. */
  run_id: string;
  status: "waiting" | "done";
  /** How many parts of the answer are out as they are to be. */
  parts_sent: number;
  /** The platform's id of the part behind them, where it is out and still to be edited. */
  open_message_id: string | null;
  created_at: number;
}

export interface ChannelCountsTable {
  channel: string;
  received: number;
  sent: number;
  failed: number;
  last_message_at: number | null;
}

export interface EventsTable {
  /** Counts up in the order of commits. */
  cursor: Generated<number>;
  type: string;
  workspace_id: string;
  session_id: string | null;
  /** The message that it tells of, whose text is stored there alone. */
  message_id: string | null;
  at: number;
  /** JSON object of the rest. */
  data: string;
}

/** One row. */
interface EventLogTable {
  id: string;
}

export interface WebhooksTable {
  id: string;
  /** Null for all of them. */
  workspace_id: string | null;
  url: string;
  /** JSON list of types of events, or of `*`. */
  events: string;
  description: string | null;
  enabled: number;
  disabled_reason: string | null;
  edition: "conversations" | "workspaces";
  max_attempts: number;
  backoff_ms: number;
  timeout_ms: number;
  concurrency: number;
  /** As they are: deliveries are signed with them. */
  secret: string;
  previous_secret: string | null;
  previous_until: number | null;
  created_at: number;
  updated_at: number;
}

export interface WebhookDeliveriesTable {
  id: string;
  /** Of the database or of the settings. */
  webhook_id: string;
  event_cursor: number;
  event_type: string;
  workspace_id: string;
  status: "pending" | "delivered" | "dead";
  /** While it is pending: when it is tried. Null when it is done. */
  due_at: number | null;
  /** While somebody tries it: when the lease ends. */
  leased_until: number | null;
  /** Attempts that failed since it was made or sent again. */
  failures: number;
  /** JSON list of the last attempts. */
  attempts: string;
  /** From the first attempt that failed until it is delivered: each attempt sends the same. */
  body: string | null;
  created_at: number;
}
