import { ToolError, type Tool } from "../port.ts";

/** `now {timezone?}`: the date and time, in UTC and in an IANA time zone. `clock` gives epoch milliseconds. */
export function createNowTool({ now: clock }: { now: () => number }): Tool {
  return {
    name: "now",
    description: "Tells the current date, weekday and time, in UTC or in a time zone.",
    inputSchema: {
      type: "object",
      properties: { timezone: { type: "string", minLength: 1, maxLength: 64, description: "An IANA time zone such as Europe/Berlin. Default UTC" } },
      additionalProperties: false,
    },
    async invoke(input) {
      const { timezone: timeZone = "UTC" } = input as { timezone?: string };
      const time = new Date(clock());
      let local: string;
      try {
        local = new Intl.DateTimeFormat("en-GB", { timeZone, weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "longOffset" }).format(time);
      } catch {
        throw new ToolError(`There is no time zone ${JSON.stringify(timeZone)}: name one such as Europe/Berlin.`);
      }
      return `${time.toISOString()}\n${local} (${timeZone})`;
    },
  };
}
