import { appendFileSync } from 'node:fs';

/** One call that reached the twin, as one JSON line. */
export interface LoggedCall {
  readonly at: string;
  readonly region: string;
  readonly service: string;
  readonly operation: string;
  readonly mutating: boolean;
  /** Access key id that signed it: who asked. */
  readonly principal: string;
  readonly requestId: string;
  readonly status: number;
  readonly error: string | null;
  /** Resource it names, for people. */
  readonly target: string | null;
}

/** Everything the twin was asked, in order. Appended synchronously: a call that was answered is in the log. */
export class CallLog {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  append(call: LoggedCall): void {
    appendFileSync(this.path, `${JSON.stringify(call)}\n`);
  }
}
