import type { SkillsHandlers } from "../../generated/server/handlers.ts";
import { pageOf } from "../http/page-of.ts";
import type { RequestContext } from "../http/request-context.ts";
import { encodeSkill } from "./encode.ts";
import type { Skills } from "./service.ts";

/** Skills over HTTP. */
export function createSkillsHandlers({ skills }: { skills: Skills }): SkillsHandlers<RequestContext> {
  return {
    async listSkills({ query }) {
      const { items, ...next } = pageOf(await skills.list(), query);
      return { status: 200, body: { skills: items.map(encodeSkill), ...next } };
    },
    async installSkill({ query: { force }, body }, { principal }) {
      return { status: 201, body: encodeSkill(await skills.install(principal, body, { force })) };
    },
    async removeSkill({ path: { name } }, { principal }) {
      await skills.remove(principal, name);
      return { status: 204 };
    },
  };
}
