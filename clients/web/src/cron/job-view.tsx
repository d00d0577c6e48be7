import { useState } from "preact/hooks";
import { useAccount } from "../account.ts";
import { dataOf } from "../gateway.ts";
import { BackLink } from "../parts/back-link.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { Notice } from "../parts/notice.tsx";
import { useAction } from "../parts/use-action.ts";
import { useLoaded } from "../parts/use-loaded.ts";
import { go, linkTo } from "../router.ts";
import { History } from "./history.tsx";
import { NextRun } from "./job-card.tsx";
import { JobForm } from "./job-form.tsx";
import { timingOf } from "./job.ts";
import "./cron.css";

/** One job: when it runs, what came of it, and running it now. */
export function JobView({ jobId }: { jobId: string }) {
  const { gateway, may } = useAccount();
  const { api, via } = gateway;
  const [doing, setDoing] = useState<"edit" | "delete">();
  const [runs, setRuns] = useState(0);
  const job = useLoaded(() => dataOf(api.GET("/api/v1/cron/{jobId}", { params: { path: { jobId } }, ...via })), [gateway, jobId]);
  const starting = useAction();
  const runNow = () =>
    starting.run(async () => {
      await dataOf(api.POST("/api/cron/{id}/run", { params: { path: { id: jobId } }, ...via }));
      setRuns((before) => before + 1);
    });
  const { data } = job;

  return (
    <section class="page">
      <BackLink place={{ page: "cron" }} title="All jobs" />
      <div class="page-head">
        <div class="row">
          <h1>{jobId}</h1>
          {data && !data.enabled && <span class="badge">off</span>}
        </div>
        {data && (
          <div class="row">
            {may("cron:run") && (
              <button type="button" class="primary" disabled={starting.isRunning} onClick={() => void runNow()}>
                Run now
              </button>
            )}
            {may("cron:write") && data.source === "stored" && (
              <>
                <button type="button" onClick={() => setDoing("edit")}>
                  Change
                </button>
                <button type="button" class="danger" onClick={() => setDoing("delete")}>
                  Delete
                </button>
              </>
            )}
          </div>
        )}
      </div>
      {job.error !== undefined && <Notice error={job.error} onRetry={job.reload} />}
      {starting.error !== undefined && <Notice error={starting.error} />}
      {!data && job.isLoading && <p class="muted">Loading…</p>}
      {data && (
        <>
          <p class="facts">
            <span class="mono">{timingOf(data)}</span>
            <NextRun job={data} />
            <span>{data.workspace}</span>
            {data.agent && <span>agent {data.agent}</span>}
            {data.deliver && <span>answers go to {"webhook" in data.deliver ? `the webhook ${data.deliver.webhook}` : `${data.deliver.to} on ${data.deliver.channel}`}</span>}
            {data.source === "settings" && <span>from the settings: change it there</span>}
            {data.sessionId && may("sessions:read") && <a {...linkTo({ page: "sessions", object: data.sessionId })}>Read its session</a>}
          </p>
          <p class="quote">{data.message}</p>
          <History jobId={jobId} runs={runs} onEnded={job.reload} />
        </>
      )}
      {doing === "edit" && data && (
        <JobForm
          job={data}
          onClose={() => setDoing(undefined)}
          onSaved={() => {
            setDoing(undefined);
            job.reload();
          }}
        />
      )}
      {doing === "delete" && (
        <Confirm
          title={`Delete “${jobId}”?`}
          verb="Delete job"
          onClose={() => setDoing(undefined)}
          action={async () => {
            await dataOf(api.DELETE("/api/v1/cron/{jobId}", { params: { path: { jobId } }, ...via }));
            go({ page: "cron" }, { replace: true });
          }}
        >
          <p>The job and its history go for good. What it said stays in its session.</p>
        </Confirm>
      )}
    </section>
  );
}
