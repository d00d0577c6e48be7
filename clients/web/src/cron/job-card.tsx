import { When } from "../parts/when.tsx";
import { linkTo } from "../router.ts";
import { timingOf, toneOf, type Job } from "./job.ts";
import "./cron.css";

export function JobCard({ value: job }: { value: Job }) {
  const titleId = `job-${job.id}`;
  return (
    <li class="card pressable" aria-labelledby={titleId}>
      <div class="row">
        <h2 id={titleId}>
          <a {...linkTo({ page: "cron", object: job.id })}>{job.id}</a>
        </h2>
        {!job.enabled && <span class="badge">off</span>}
        {job.lastStatus && <span class={`badge ${toneOf(job.lastStatus)}`}>{job.lastStatus}</span>}
      </div>
      <p class="job-message">{job.message}</p>
      <p class="facts">
        <span class="mono">{timingOf(job)}</span>
        <NextRun job={job} />
        <span>{job.workspace}</span>
        {job.source === "settings" && <span>from the settings</span>}
      </p>
    </li>
  );
}

export function NextRun({ job: { nextRunAt, enabled } }: { job: Job }) {
  if (nextRunAt === null) return <span>{enabled ? "runs no more by the clock" : "runs by hand only"}</span>;
  return (
    <span>
      next run <When at={nextRunAt} />
    </span>
  );
}
