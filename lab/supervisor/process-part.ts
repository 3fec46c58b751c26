import { type ChildOptions, ChildProcess, describeExit } from '../parts/child-process.ts';
import type { ProcessRecord } from '../parts/leftovers.ts';
import type { Place } from '../topology.ts';
import type { Part, PartState } from './part.ts';

export interface ProcessRecipe extends ChildOptions {
  readonly address: string | null;
  /** When it counts as started; absent: as soon as it runs. */
  readonly ready?: {
    readonly says: string;
    readonly condition: (pid: number) => Promise<boolean>;
    readonly timeoutMs: number;
  };
  /** How long a stop waits before it kills. */
  readonly stopMs?: number;
  /** Called when it ends, asked or not. */
  readonly onExit?: () => void;
}

export interface PartSurroundings {
  readonly record: ProcessRecord;
  readonly say: (line: string) => void;
  /** Aborted when the lab goes down: nothing starts any more. */
  readonly ending: AbortSignal;
}

/** A part with a process of its own. A crash is told and shown; only a person starts it again. */
export class ProcessPart implements Part {
  readonly name: string;
  readonly place: Place;
  readonly address: string | null;
  readonly log: string;
  readonly #recipe: ProcessRecipe;
  readonly #surroundings: PartSurroundings;
  #child: ChildProcess | null = null;
  #starting = false;

  constructor(recipe: ProcessRecipe, surroundings: PartSurroundings) {
    this.name = recipe.name;
    this.place = recipe.place;
    this.address = recipe.address;
    this.log = recipe.log;
    this.#recipe = recipe;
    this.#surroundings = surroundings;
  }

  pid(): number | null {
    return this.#child && !this.#child.exit ? this.#child.pid : null;
  }

  state(): PartState {
    if (!this.#child || this.#child.exit) return 'ended';
    if (this.#child.frozen) return 'frozen';
    return this.#starting ? 'starting' : 'running';
  }

  note(): string | null {
    const exit = this.#child?.exit;
    if (!exit) return null;
    return `${exit.asked ? 'ended' : 'crashed'} at ${exit.at} with ${describeExit(exit)}`;
  }

  async start(): Promise<void> {
    if (this.pid() !== null) return;
    const { record, say, ending } = this.#surroundings;
    ending.throwIfAborted();
    this.#starting = true;
    try {
      const child = await ChildProcess.start(this.#recipe);
      this.#child = child;
      record.add(this.name, child.pid);
      void child.exited.then((exit) => {
        record.remove(child.pid);
        say(`${this.name} (pid ${child.pid}) ${exit.asked ? 'ended' : 'CRASHED'}: ${describeExit(exit)}`);
        this.#recipe.onExit?.();
      });
      const { ready } = this.#recipe;
      if (ready) await child.until(ready.says, () => ready.condition(child.pid), ready.timeoutMs);
    } finally {
      this.#starting = false;
    }
  }

  async stop(): Promise<void> {
    await this.#child?.stop(this.#recipe.stopMs);
  }

  async kill(): Promise<void> {
    this.#child?.kill();
    await this.#child?.exited;
  }

  /** SIGKILL to all of them in one sweep, for a place that goes in one act; resolves when they are gone. */
  static async killTogether(parts: readonly ProcessPart[]): Promise<void> {
    const children = parts.flatMap((part) => (part.#child ? [part.#child] : []));
    ChildProcess.killTogether(children);
    await Promise.all(children.map((child) => child.exited));
  }

  async freeze(): Promise<void> {
    await this.#child?.freeze();
  }

  async thaw(): Promise<void> {
    await this.#child?.thaw();
  }
}
