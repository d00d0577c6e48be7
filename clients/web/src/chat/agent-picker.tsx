import type { Schemas } from "../../../typescript/sdk/src/index.ts";

export interface AgentPickerProps {
  agents: readonly Schemas["Agent"][];
  value: string | undefined;
  onChange: (agentId: string) => void;
}

/** Whom a new session is with. Nothing to pick from when the key may not see the agents: then it is the default one. */
export function AgentPicker({ agents, value, onChange }: AgentPickerProps) {
  if (agents.length === 0) return null;
  return (
    <select class="chat-agent" aria-label="Agent" value={value} onChange={(event) => onChange(event.currentTarget.value)}>
      {agents.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  );
}
