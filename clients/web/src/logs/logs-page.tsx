import { useAccount } from "../account.ts";
import type { PageProps } from "../pages.ts";
import { Views } from "../parts/views.tsx";
import { AuditLog } from "./audit-log.tsx";
import { GatewayLog } from "./gateway-log.tsx";
import "./logs.css";

/** What the gateway says of its work, and who asked it for what. The first is for keys that are bound to no workspace. */
export function LogsPage({ object }: PageProps) {
  const { key } = useAccount();
  const isBound = !key.workspaces.includes("*");
  const isAudit = isBound || object === "audit";
  return (
    <section class="page">
      <h1>Logs</h1>
      {!isBound && (
        <Views
          label="Logs"
          views={[
            { title: "Gateway", place: { page: "logs" }, isCurrent: !isAudit },
            { title: "Audit", place: { page: "logs", object: "audit" }, isCurrent: isAudit },
          ]}
        />
      )}
      {isAudit ? <AuditLog /> : <GatewayLog />}
    </section>
  );
}
