import { useState } from "preact/hooks";
import { useAccount } from "../account.ts";
import { dataOf } from "../gateway.ts";
import type { PageProps } from "../pages.ts";
import { Icon } from "../parts/icon.tsx";
import { ListFoot } from "../parts/list-foot.tsx";
import { SearchField } from "../parts/search-field.tsx";
import { useList, useSearch } from "../parts/use-list.ts";
import { go } from "../router.ts";
import { JobCard } from "./job-card.tsx";
import { JobForm } from "./job-form.tsx";
import { JobView } from "./job-view.tsx";

/** The jobs that run by the clock. */
export function CronPage({ object }: PageProps) {
  return object === undefined ? <Jobs /> : <JobView key={object} jobId={object} />;
}

function Jobs() {
  const { gateway, may } = useAccount();
  const [isMaking, setIsMaking] = useState(false);
  const list = useList(async (cursor) => {
    const { jobs, nextCursor } = await dataOf(gateway.api.GET("/api/v1/cron", { params: { query: { limit: 50, ...(cursor === undefined ? {} : { cursor }) } }, ...gateway.via }));
    return { items: jobs, nextCursor };
  }, [gateway]);
  const { query, setQuery, found } = useSearch(list, ({ id, message, workspace }) => `${id} ${message} ${workspace}`);
  const isEmpty = found.length === 0 && !list.hasMore && !list.isLoading && list.error === undefined;

  return (
    <section class="page">
      <div class="page-head">
        <h1>Cron</h1>
        {may("cron:write") && (
          <button type="button" class="primary" onClick={() => setIsMaking(true)}>
            <Icon name="plus" />
            New job
          </button>
        )}
      </div>
      <p class="muted">What the agents are told by the clock.</p>
      <SearchField label="Search jobs" query={query} onQuery={setQuery} />
      <ul class="cards" aria-label="Jobs">
        {found.map((job) => (
          <JobCard key={job.id} value={job} />
        ))}
      </ul>
      {isEmpty && <p class="empty">{query === "" ? "There is no job yet. A job says something to an agent at the times that you choose." : `No job fits “${query}”.`}</p>}
      <ListFoot list={list} />
      {isMaking && <JobForm onClose={() => setIsMaking(false)} onSaved={({ id }) => go({ page: "cron", object: id })} />}
    </section>
  );
}
