import type { Place } from '../topology.ts';

export type PartState = 'starting' | 'running' | 'frozen' | 'ended';

/** Something of the lab that has a name, a place and a log. What it cannot be told to do it does not have. */
export interface Part {
  readonly name: string;
  readonly place: Place;
  /** `host:port` on which others reach it; `null` for what nobody dials. */
  readonly address: string | null;
  readonly log: string;
  /** Pid of its process; the supervisor's own for what runs inside it; `null` when it has none now. */
  pid(): number | null;
  state(): PartState;
  /** Why it ended, or what it waits for; `null` when there is nothing to say. */
  note(): string | null;
  start?(): Promise<void>;
  stop?(): Promise<void>;
  kill?(): Promise<void> | void;
  freeze?(): Promise<void> | void;
  thaw?(): Promise<void> | void;
}

export const PART_ORDERS = ['start', 'stop', 'kill', 'freeze', 'thaw'] as const;
export type PartOrder = (typeof PART_ORDERS)[number];

export interface PartStatus {
  readonly name: string;
  readonly place: Place;
  readonly pid: number | null;
  readonly address: string | null;
  readonly log: string;
  readonly state: PartState;
  readonly note: string | null;
  readonly orders: readonly PartOrder[];
}

export const partStatus = (part: Part): PartStatus => ({
  name: part.name,
  place: part.place,
  pid: part.pid(),
  address: part.address,
  log: part.log,
  state: part.state(),
  note: part.note(),
  orders: PART_ORDERS.filter((order) => part[order] !== undefined),
});

/** A part that lives in the supervisor's own process: a twin, a name server, a receiver. */
export function insidePart(about: Pick<Part, 'name' | 'place' | 'address' | 'log'>): Part {
  return { ...about, pid: () => process.pid, state: () => 'running', note: () => null };
}
