import { describe, expect, test } from "vitest";
import { lacksChromium } from "../../../contract-tests/harness/browser.ts";
import { openPage } from "./browser-page.ts";
import { useBrowser } from "./use-browser.ts";

describe.skipIf(lacksChromium)("the page of cron, in chromium", () => {
  const world = useBrowser({ settings: { cron: { jobs: [{ id: "of-the-file", schedule: "0 9 * * 1-5", timezone: "Europe/Berlin", message: "What is on today?" }] } } });
  const open = (path = "/app/cron", isPhone = false) => openPage(world.browser, { url: world.url, path, isPhone });
  const jobs = async () => (await world.server.call("listCronJobs")).json(200).jobs.map(({ id }) => id);

  test.each([false, true])("makes a job, runs it now, changes it and deletes it (phone: %s)", async (isPhone) => {
    const page = await open("/app/cron", isPhone);
    const id = isPhone ? "of-the-phone" : "of-the-desk";
    await page.getByRole("button", { name: "New job" }).click();
    await page.getByLabel("Name").fill(id);
    await page.getByLabel("What is the agent told?").fill("Say hello");
    await page.getByLabel("When?").selectOption({ label: "By a cron expression" });
    await page.getByLabel("Expression").fill("0 9 * * 1-5");
    await page.getByLabel("Time zone").fill("Europe/Berlin");
    await page.expectFlawless("cron-form");
    await page.getByRole("button", { name: "Create job" }).click();

    await page.getByRole("heading", { name: id }).waitFor();
    await page.getByText("It has not run yet.").waitFor();
    expect(await page.locator(".facts").first().innerText()).toMatch(/0 9 \* \* 1-5 \(Europe\/Berlin\)[^]*next run in/);
    await page.getByRole("button", { name: "Run now" }).click();
    const fire = page.getByRole("list", { name: "Runs" }).getByRole("listitem").first();
    await fire.getByText("completed").waitFor();
    expect(await fire.innerText()).toMatch(/by hand[^]*took/);
    expect((await world.server.call("listCronRuns", { path: { jobId: id } })).json(200).runs).toMatchObject([{ status: "completed", scheduledFor: null }]);
    await page.expectFlawless("cron-job");

    await page.getByRole("button", { name: "Change" }).click();
    await page.getByLabel("When?").selectOption({ label: "Every so often" });
    await page.getByLabel("Minutes between").fill("90");
    await page.getByLabel("Runs by the clock").uncheck();
    await page.getByRole("button", { name: "Save job" }).click();
    await page.getByText("runs by hand only").waitFor();
    expect((await world.server.call("getCronJob", { path: { jobId: id } })).json(200)).toMatchObject({ schedule: null, everyMs: 5_400_000, enabled: false, message: "Say hello" });

    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("button", { name: "Delete job" }).click();
    await page.getByRole("heading", { name: "Cron" }).waitFor();
    expect(await jobs()).not.toContain(id);
    await page.getByRole("link", { name: "of-the-file" }).waitFor();
    await page.expectFlawless("cron");
  });

  test("says what is wrong with a schedule, and keeps what was typed", async () => {
    const page = await open();
    await page.getByRole("button", { name: "New job" }).click();
    await page.getByLabel("What is the agent told?").fill("Say hello");
    await page.getByLabel("Expression").fill("0 25 * * *");
    await page.getByRole("button", { name: "Create job" }).click();
    expect(await page.getByRole("alert").innerText()).toContain("schedule");
    expect(await page.getByLabel("What is the agent told?").inputValue()).toBe("Say hello");
  });

  test("lets a job of the settings be run, and not be changed", async () => {
    const page = await open("/app/cron/of-the-file");
    await page.getByText("from the settings: change it there").waitFor();
    expect(await page.getByRole("button", { name: "Change" }).count()).toBe(0);
    await page.getByRole("button", { name: "Run now" }).click();
    await page.getByRole("list", { name: "Runs" }).getByText("completed").waitFor();
  });

  test("shows what a key may only read without the buttons that change it", async () => {
    const { secret: token } = (await world.server.call("createKey", { json: { label: "Reads", permissions: ["cron:read"] } })).json(201);
    const page = await openPage(world.browser, { url: world.url, path: "/app/cron/of-the-file", token });
    await page.getByText("What is on today?").waitFor();
    expect(await page.locator("main").getByRole("button").count()).toBe(0);
    await page.expectFlawless("cron-read-only");
  });
});
