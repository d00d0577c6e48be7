import { When } from "../parts/when.tsx";
import { stateOf, type Key } from "./key.ts";

export interface KeyCardProps {
  value: Key;
  /** Whether it is the one that is logged in. */
  isOwn: boolean;
  mayWrite: boolean;
  onRotate: () => void;
  onRevoke: () => void;
}

export function KeyCard({ value: key, isOwn, mayWrite, onRotate, onRevoke }: KeyCardProps) {
  const state = stateOf(key);
  const titleId = `key-${key.id}`;
  return (
    <li class="card" aria-labelledby={titleId}>
      <div class="page-head">
        <div class="row">
          <h2 id={titleId}>{key.label}</h2>
          <span class={`badge ${state === "active" ? "good" : "bad"}`}>{state}</span>
          {key.owner && <span class="badge">owner</span>}
          {isOwn && <span class="badge">you</span>}
        </div>
        {mayWrite && key.source === "stored" && state === "active" && (
          <div class="row">
            <button type="button" onClick={onRotate} aria-describedby={titleId}>
              Rotate
            </button>
            <button type="button" class="danger" onClick={onRevoke} aria-describedby={titleId}>
              Revoke
            </button>
          </div>
        )}
      </div>
      <p class="mono key-may">{mayOf(key)}</p>
      <p class="facts">
        {key.lastFour !== "" && (
          <span class="mono">
            {key.prefix}…{key.lastFour}
          </span>
        )}
        <span>{key.workspaces.includes("*") ? "All workspaces" : `Workspaces: ${key.workspaces.join(", ")}`}</span>
        {key.tools && <span>Tools: {key.tools.join(", ") || "none"}</span>}
        {key.rateLimit !== null && <span>{key.rateLimit} requests a minute</span>}
        {key.maxTokensPerDay !== null && <span>{key.maxTokensPerDay.toLocaleString("en")} tokens a day</span>}
        {key.source === "settings" && <span>From the settings: change it there</span>}
        {key.createdAt && (
          <span>
            Made <When at={key.createdAt} />
          </span>
        )}
        {key.source === "stored" && <span>{key.lastUsedAt ? <>Used <When at={key.lastUsedAt} /></> : "Never used"}</span>}
        {key.revokedAt ? (
          <span>
            Revoked <When at={key.revokedAt} />
          </span>
        ) : (
          key.expiresAt && (
            <span>
              {state === "expired" ? "Ended" : "Ends"} <When at={key.expiresAt} />
            </span>
          )
        )}
      </p>
    </li>
  );
}

function mayOf({ owner, scopes, permissions }: Key): string {
  if (owner) return "everything";
  if (scopes === null && permissions === null) return "everything but config, logs, keys and webhooks";
  return [...(scopes ?? []), ...(permissions ?? [])].join(" · ") || "nothing";
}
