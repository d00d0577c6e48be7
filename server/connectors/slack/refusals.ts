/** Errors of Slack's API under which nothing was done, and which pass. See https://docs.slack.dev/reference/methods/chat.postMessage#errors. */
export const outOfService: ReadonlySet<string> = new Set(["service_unavailable", "team_added_to_org", "request_timeout", "accesslimited"]);

/** Those of which Slack says that some of the work may have been done. */
export const nothingKnown: ReadonlySet<string> = new Set(["internal_error", "fatal_error"]);

/** A refusal with its name, and what to do where that is known. `needed`: the scopes that Slack misses. */
export function inWords(name: string, needed: unknown): string {
  if (name === "missing_scope" && typeof needed === "string") return `the app lacks the scope ${needed}: add it and install the app again (${name}).`;
  const words = known[name];
  return words === undefined ? `${name.replaceAll("_", " ")}.` : `${words} (${name}).`;
}

const known: Readonly<Record<string, string>> = {
  not_in_channel: "the bot is not in this channel. Invite the bot to the channel",
  channel_not_found: "there is no such channel, or the bot cannot see it. Invite the bot to a private channel",
  is_archived: "the channel is archived",
  thread_not_found: "the thread is gone",
  cant_update_message: "the message is not the bot's own",
  edit_window_closed: "the workspace does not let messages be changed so late",
  message_not_found: "the message is gone",
  msg_too_long: "the message is too long",
  no_text: "the message has no text",
  restricted_action: "an admin of the workspace does not let the app write here",
  user_not_found: "there is no such person",
  users_not_found: "there is no such person",
  user_disabled: "the person's account is switched off",
  cannot_dm_bot: "bots cannot be written to",
  invalid_auth: "the token is wrong",
  not_authed: "the token is missing",
  token_revoked: "the token has been revoked",
  token_expired: "the token has expired",
  account_inactive: "the app has been removed, or its account is switched off",
  not_allowed_token_type: "it is a token of another kind",
};
