import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Page, PageProps } from "../pages.ts";
import { Notice } from "../parts/notice.tsx";

/** A page once its bundle is there. A gateway that was updated meanwhile has other bundles: only loading anew helps. */
export function LoadedPage({ page, object }: { page: Page; object: string | undefined }) {
  const [loaded, setLoaded] = useState<{ Page: ComponentType<PageProps> }>();
  const [hasFailed, setHasFailed] = useState(false);
  useEffect(() => {
    page.load().then(
      (Page) => setLoaded({ Page }),
      () => setHasFailed(true),
    );
  }, [page]);
  if (hasFailed) {
    return (
      <section class="page">
        <h1>{page.title}</h1>
        <Notice error="This page could not be loaded. The gateway may be away, or may have been updated." onRetry={() => location.reload()} />
      </section>
    );
  }
  return loaded ? <loaded.Page object={object} /> : <p class="page muted">Loading…</p>;
}
