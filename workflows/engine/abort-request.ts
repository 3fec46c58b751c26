import type { ExecutionOutcome } from '../../domain/execution.ts';

/** Whether and why the execution is to end early. Set once; the first reason stands. */
export class AbortRequest {
  #requested: { readonly outcome: ExecutionOutcome; readonly because: string } | null = null;
  readonly #listeners: (() => void)[] = [];

  request(outcome: ExecutionOutcome, because: string): void {
    if (this.#requested) return;
    this.#requested = { outcome, because };
    for (const listener of this.#listeners) listener();
  }

  get requested(): boolean {
    return this.#requested !== null;
  }

  get outcome(): ExecutionOutcome {
    return this.#requested?.outcome ?? 'aborted';
  }

  get because(): string {
    return this.#requested?.because ?? '';
  }

  /** Called at once when it was requested already. */
  onRequest(listener: () => void): void {
    if (this.#requested) listener();
    else this.#listeners.push(listener);
  }
}
