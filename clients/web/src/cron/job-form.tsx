import { useId, useState } from "preact/hooks";
import type { Schemas } from "../../../typescript/sdk/src/index.ts";
import { useAccount } from "../account.ts";
import { dataOf } from "../gateway.ts";
import { Dialog } from "../parts/dialog.tsx";
import { formText, typed } from "../parts/form-text.ts";
import { Notice } from "../parts/notice.tsx";
import { SelectField } from "../parts/select-field.tsx";
import { TextField } from "../parts/text-field.tsx";
import { useAction } from "../parts/use-action.ts";
import type { Job } from "./job.ts";

type Timing = "schedule" | "everyMs" | "at";

const timings: Readonly<Record<Timing, string>> = { schedule: "By a cron expression", everyMs: "Every so often", at: "Once" };

/** Makes a job, or changes the one that is given. */
export function JobForm({ job, onClose, onSaved }: { job?: Job; onClose: () => void; onSaved: (saved: Job) => void }) {
  const { gateway } = useAccount();
  const { isRunning, error, run } = useAction();
  const [timing, setTiming] = useState<Timing>(job?.everyMs != null ? "everyMs" : job?.at != null ? "at" : "schedule");
  const messageId = useId();

  function submit(event: SubmitEvent) {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const { api, via } = gateway;
    const body = { ...changeOf(form, timing), message: formText(form, "message") };
    void run(async () => {
      const saved = job
        ? dataOf(api.PATCH("/api/v1/cron/{jobId}", { params: { path: { jobId: job.id } }, body, ...via }))
        : dataOf(api.POST("/api/v1/cron", { body: { ...body, ...typed(form, "id"), ...typed(form, "workspace") }, ...via }));
      onSaved(await saved);
    });
  }

  return (
    <Dialog title={job ? `Change “${job.id}”` : "New job"} onClose={onClose}>
      <form class="form" onSubmit={submit}>
        {!job && (
          <div class="form-row">
            <TextField label="Name" name="id" autofocus placeholder="Made for you" maxLength={100} pattern="[A-Za-z0-9._:@\-]+" title="Letters, digits and . _ : @ -" />
            <TextField label="Workspace" name="workspace" placeholder="The key’s own" />
          </div>
        )}
        <div class="field">
          <label for={messageId}>What is the agent told?</label>
          <textarea id={messageId} name="message" required rows={3} defaultValue={job?.message} />
        </div>
        <SelectField label="When?" options={timings} value={timing} onValue={setTiming} />
        {timing === "schedule" && (
          <div class="form-row">
            <TextField label="Expression" name="schedule" required class="mono" defaultValue={job?.schedule ?? ""} placeholder="0 9 * * 1-5" hint="Minute, hour, day of month, month, day of week." />
            <TextField label="Time zone" name="timezone" defaultValue={job?.timezone ?? ""} placeholder="UTC" hint="Such as Europe/Berlin." />
          </div>
        )}
        {timing === "everyMs" && <TextField label="Minutes between" name="minutes" type="number" required min="0.1" step="any" defaultValue={job?.everyMs == null ? "" : String(job.everyMs / 60_000)} />}
        {timing === "at" && <TextField label="Date and time (of this computer)" name="at" type="datetime-local" required defaultValue={job?.at ? localMoment(job.at) : ""} />}
        <div class="form-row">
          <TextField label="Agent" name="agent" defaultValue={job?.agent ?? ""} placeholder="The workspace’s" />
          <SelectField label="While it still runs" name="overlap" options={{ skip: "Skip the next", allow: "Run both" }} value={job?.overlap ?? "skip"} />
        </div>
        <label class="check">
          <input type="checkbox" name="enabled" defaultChecked={job?.enabled ?? true} />
          Runs by the clock
        </label>
        {error !== undefined && <Notice error={error} />}
        <div class="dialog-foot">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={isRunning}>
            {job ? "Save job" : "Create job"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function changeOf(form: FormData, timing: Timing): Schemas["UpdateCronJobRequest"] {
  const agent = formText(form, "agent");
  return {
    ...(timing === "schedule" && { ...typed(form, "schedule"), ...typed(form, "timezone") }),
    ...(timing === "everyMs" && { everyMs: Math.round(Number(formText(form, "minutes")) * 60_000) }),
    ...(timing === "at" && { at: new Date(formText(form, "at")).toISOString() }),
    agent: agent === "" ? null : agent,
    overlap: formText(form, "overlap") as Job["overlap"],
    enabled: form.has("enabled"),
  };
}

/** An instant as a field of this computer's time zone has it. */
function localMoment(at: string): string {
  const date = new Date(at);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
