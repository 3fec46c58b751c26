import type { ErrorShape } from '../../domain/errors.ts';
import type { ExecutionOutcome } from '../../domain/execution.ts';

interface EarlyEnd {
  readonly outcome: ExecutionOutcome;
  readonly because: string;
  /** The failure that asked for it; absent when a person did. */
  readonly error?: ErrorShape;
}

/** Whether and why the execution is to end early. Set once; the first reason stands. */
export class AbortRequest {
  #end: EarlyEnd | null = null;
  readonly #listeners: (() => void)[] = [];

  request(end: EarlyEnd): void {
    if (this.#end) return;
    this.#end = end;
    for (const listener of this.#listeners) listener();
  }

  get requested(): boolean {
    return this.#end !== null;
  }

  /** `null` until it is requested. */
  get end(): EarlyEnd | null {
    return this.#end;
  }

  /** Called once, when it is requested. */
  onRequest(listener: () => void): void {
    this.#listeners.push(listener);
  }
}
