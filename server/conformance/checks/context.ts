import type { Call } from "../caller.ts";
import type { RunTrial } from "../trials.ts";
import type { World } from "../world.ts";

/** What a check works with. */
export interface CheckContext {
  trial: RunTrial;
  /** For what the contract has no operation for. */
  callUnchecked: Call;
  world: World;
  /** What acts on more than the tests' own objects may be tried, too. */
  allowChanges: boolean;
  /** The server keeps nothing: what takes a memory is left out. */
  isStateless: boolean;
}
