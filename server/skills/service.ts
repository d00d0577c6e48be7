import { GatewayError } from "../errors.ts";
import { type Principal, requireUnbound } from "../keys/principal.ts";
import { matchesAny } from "../tools/globs.ts";
import type { ToolContext, ToolSource } from "../tools/port.ts";
import { catalogueOf } from "./catalogue.ts";
import { createInstaller, type SkillOrigin } from "./install.ts";
import { createLibrary, type LibraryOptions } from "./library.ts";
import { isUsable, type Skill, type SkillsSettings } from "./skill.ts";
import { createSkillTool } from "./tool.ts";

export type { SkillOrigin } from "./install.ts";
export { type Skill, skillsSettings, type SkillsSettings } from "./skill.ts";

export interface SkillsOptions extends Omit<LibraryOptions, "roots"> {
  settings: SkillsSettings;
  /** The globs of the agent and of the workspace that a tool is called for. */
  globsOf: (context: ToolContext) => Promise<{ agent: readonly string[]; workspace: readonly string[] }>;
}

/** The skills of one turn, and what its model is told of them; an empty text for none. */
export interface OfferedSkills {
  readonly skills: readonly Skill[];
  readonly text: string;
}

export interface Skills extends ToolSource {
  /** Removes what installations that were cut off have left, and looks through the folders. */
  start(): Promise<void>;
  /** All there are, as they lie there now, by name. */
  list(): Promise<readonly Skill[]>;
  /** The usable ones that an agent's globs choose; a workspace's narrow them where it has any. */
  offer(agent: readonly string[], workspace: readonly string[]): OfferedSkills | Promise<OfferedSkills>;
  /**
   * Installs a skill. Throws `bad_request` (no such path, no registry), `forbidden` (a path in no folder that the settings
   * allow, a key that is bound to workspaces), `not_found` (not in the registry), `conflict` (there is one already), `unprocessable` (no skill, a bad archive),
   * `provider_error` (the registry failed).
   */
  install(principal: Pick<Principal, "workspaces">, origin: SkillOrigin, options: { force: boolean }): Promise<Skill>;
  /** Removes a skill with all its files. Throws `forbidden`, `not_found`, or `conflict` for one that is not where installing puts them. */
  remove(principal: Pick<Principal, "workspaces">, name: string): Promise<void>;
  /** Other settings from now on. */
  use(settings: SkillsSettings): Promise<void>;
}

/** The skills of this gateway: what there is, who is told of which, and what comes and goes. */
export function createSkills({ settings: first, globsOf, ...libraryOptions }: SkillsOptions): Skills {
  let settings = first;
  const library = createLibrary({ ...libraryOptions, roots: () => settings.roots });
  const installer = createInstaller(() => settings);
  const tools = [createSkillTool(async (context) => {
    const { agent, workspace } = await globsOf(context);
    return (await skills.offer(agent, workspace)).skills;
  })];

  let offers = new Map<string, OfferedSkills>();
  let offersOf: readonly Skill[] = [];

  /** Remembered as long as the skills are the same: every turn asks, and the answer hardly ever changes. */
  function choose(agent: readonly string[], workspace: readonly string[]): OfferedSkills {
    if (offersOf !== library.skills || offers.size > 1000) {
      offersOf = library.skills;
      offers = new Map();
    }
    const key = `${agent.join()}\n${workspace.join()}`;
    let offer = offers.get(key);
    if (offer === undefined) {
      const chosen = library.skills.filter((skill) => isUsable(skill) && matchesAny(agent, skill.name) && (workspace.length === 0 || matchesAny(workspace, skill.name)));
      offer = { skills: chosen, text: catalogueOf(chosen) };
      offers.set(key, offer);
    }
    return offer;
  }

  const skills: Skills = {
    tools: () => (library.skills.some(isUsable) ? tools : none),
    async start() {
      await installer.clean();
      await library.refresh();
    },
    list: () => library.refresh(),
    offer: (agent, workspace) => (library.isStale ? library.refresh().then(() => choose(agent, workspace)) : choose(agent, workspace)),
    async install(principal, origin, options) {
      requireUnbound(principal, skillsOfAll);
      const name = await installer.install(origin, options);
      const skill = (await library.refresh()).find((candidate) => candidate.name === name);
      if (skill === undefined) throw new Error(`the skill ${name} is gone right after it was installed`);
      return skill;
    },
    async remove(principal, name) {
      requireUnbound(principal, skillsOfAll);
      const found = (await library.refresh()).find((skill) => skill.name === name);
      if (found === undefined) throw new GatewayError("not_found", `There is no skill \`${name}\`.`);
      if (!found.isInstalled) throw new GatewayError("conflict", `The skill \`${name}\` is not in the folder that skills are installed in. Delete its folder by hand.`);
      await installer.remove(found.folder);
      await library.refresh();
    },
    async use(next) {
      settings = next;
      await library.refresh();
    },
  };
  return skills;
}

const none: readonly never[] = [];

/** What a skill says is read in every workspace: nobody of one may write to the others. */
const skillsOfAll = "Skills";
