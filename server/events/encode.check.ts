import type { components } from "../../generated/server/contract.ts";
import type { EventData } from "./event.ts";

// Compiled, never run: each type of event has just the members that the contract gives it.

type DataOf<Type> = Extract<components["schemas"]["Event"], { event: Type }>["data"];
type Fits<Ours, Theirs> = [Ours] extends [Theirs] ? ([keyof Theirs] extends [keyof Ours] ? true : false) : false;

type Misfits = { [Type in keyof EventData]: Fits<EventData[Type], DataOf<Type>> extends true ? never : Type }[keyof EventData];
const none: [Misfits] extends [never] ? "no misfits" : Misfits = "no misfits";
void none;
