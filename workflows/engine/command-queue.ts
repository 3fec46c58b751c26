import { ApplicationFailure, condition, setHandler, Trigger } from '@temporalio/workflow';
import type { CommandName, CommandReceipt, SignedCommand, SteeringCommand } from '../../domain/commands.ts';
import { errorShape } from '../../domain/errors.ts';
import { abort, approve, deny, pause, resume, retry, skip } from '../messages.ts';
import { failureOf, failureShape } from './failure-shape.ts';

export type Command =
  | { readonly name: 'approve' | 'deny' | 'skip' | 'abort'; readonly body: SignedCommand }
  | { readonly name: 'pause' | 'resume' | 'retry'; readonly body: SteeringCommand };

type SignedUpdate = [Extract<Command, { body: SignedCommand }>['name'], typeof approve];
type SteeringUpdate = [Extract<Command, { body: SteeringCommand }>['name'], typeof pause];

interface Waiting {
  readonly command: Command;
  readonly answer: Trigger<CommandReceipt>;
}

/**
 * Commands queue up; one loop applies them in order, so no two race. Validators reject only what is malformed: a
 * rejection there leaves no trace in history, and refusals must leave one.
 */
export class CommandQueue {
  readonly #waiting: Waiting[] = [];
  #closed = false;

  constructor() {
    for (const [name, update] of Object.entries({ approve, deny, skip, abort }) as SignedUpdate[]) {
      setHandler(update, (body) => this.#enqueue({ name, body }), {
        validator: (body) => {
          if (typeof body?.target !== 'string' || typeof body.signed?.payload !== 'string') malformed(name);
        },
      });
    }
    for (const [name, update] of Object.entries({ pause, resume, retry }) as SteeringUpdate[]) {
      setHandler(update, (body) => this.#enqueue({ name, body }), {
        validator: (body) => {
          if (typeof body?.target !== 'string' || typeof body.person !== 'string' || !body.person) malformed(name);
        },
      });
    }
  }

  /** Applies commands one by one until `close`. */
  async serve(apply: (command: Command) => Promise<CommandReceipt>): Promise<void> {
    for (;;) {
      await condition(() => this.#waiting.length > 0 || this.#closed);
      const next = this.#waiting.shift();
      if (!next) return;
      try {
        if (this.#closed) throw ended();
        next.answer.resolve(await apply(next.command));
      } catch (caught) {
        next.answer.reject(caught instanceof ApplicationFailure ? caught : failureOf(failureShape(caught)));
      }
    }
  }

  /** From now on commands are answered that the execution has ended; the one being applied is finished. */
  close(): void {
    this.#closed = true;
  }

  #enqueue(command: Command): Promise<CommandReceipt> {
    if (this.#closed) return Promise.reject(ended());
    const answer = new Trigger<CommandReceipt>();
    this.#waiting.push({ command, answer });
    return Promise.resolve(answer);
  }
}

const ended = () => failureOf(errorShape('DR_EXECUTION_ENDED', 'the execution has ended'));

function malformed(name: CommandName): never {
  throw failureOf(errorShape('DR_STATEMENT_MALFORMED', `${name} needs a target and a signed statement or a person`));
}
