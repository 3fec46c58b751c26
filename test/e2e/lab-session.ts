import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { StepProgress } from '../../client/lifeboat-client.ts';
import { stepProgress } from '../../client/step-progress.ts';
import type { ExecutionSnapshot, StepRecord } from '../../domain/execution.ts';
import { workflowIdOf } from '../../domain/ids.ts';
import type { LoggedCall } from '../../lab/aws/call-log.ts';
import { untilHealthy } from '../../lab/demo/observed.ts';
import { readTwinLog } from '../../lab/demo/twin-log.ts';
import { type LabHandle, type LabOptions, startLab } from '../../lab/lab-handle.ts';
import { waitUntil } from '../../lab/parts/wait-until.ts';
import type { LabStatus } from '../../lab/supervisor/status.ts';
import { built, type Ended, type Program, run } from './program.ts';

export const SERVICE = 'booking';
export const RUNBOOK = 'region-failover';
export const GATE = 'approve-promotion';
export const TARGET = ['--service', SERVICE, '--to', 'eu-west-3'] as const;
export const LIVE = [...TARGET, '--purpose', 'incident', '--confirm', SERVICE] as const;

/** Generous, because the machine may be busy: what must be fast is measured, not timed out. */
const WAIT_MS = 150_000;

export type LabPerson = 'oncall-1' | 'approver-2' | 'approver-3';

/** One lab, the people who work in it, and what can be read of it from outside. */
export class LabSession {
  readonly lab: LabHandle;
  readonly files: LabStatus['files'];
  readonly #environments: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly #connection: Connection;

  private constructor(
    lab: LabHandle,
    files: LabStatus['files'],
    environments: Readonly<Record<string, Readonly<Record<string, string>>>>,
    connection: Connection,
  ) {
    this.lab = lab;
    this.files = files;
    this.#environments = environments;
    this.#connection = connection;
  }

  /** A lab of its own, with customers who are served. */
  static async open(options: LabOptions = {}): Promise<LabSession> {
    const lab = await startLab(options);
    try {
      const { files, endpoints } = await lab.status();
      const people = Object.keys(files.identities);
      const environments = Object.fromEntries(
        await Promise.all(people.map(async (person) => [person, await lab.environment(person)] as const)),
      );
      const connection = await Connection.connect({ address: endpoints['eu-central-1'].temporal });
      await untilHealthy(files.observers.outside, 20);
      return new LabSession(lab, files, environments, connection);
    } catch (caught) {
      await lab.down();
      throw caught;
    }
  }

  async close(): Promise<void> {
    await this.#connection.close();
    await this.lab.down();
  }

  environment(person: LabPerson): Readonly<Record<string, string>> {
    return this.#environments[person]!;
  }

  /** Starts a `lifeboat` command as one of the lab's people and leaves it running. */
  begin(person: LabPerson, ...words: string[]): Program {
    return built('lifeboat', words, this.environment(person));
  }

  /** Runs a `lifeboat` command as one of the lab's people. */
  as(person: LabPerson, ...words: string[]): Promise<Ended> {
    return run('lifeboat', words, this.environment(person));
  }

  /** The line of that type that a command prints with `--json`. */
  async json<Line>(type: string, ...words: string[]): Promise<Line> {
    const ended = await this.as('oncall-1', '--json', ...words);
    const lines = ended.stdout.split('\n').filter(Boolean);
    const found = lines.map((line) => JSON.parse(line) as { type: string }).find((line) => line.type === type);
    if (found) return found as Line;
    throw new Error(`lifeboat ${words.join(' ')} printed no '${type}': exit ${ended.exitCode}\n${ended.stdout}`);
  }

  /** Starts a live failover; its id. */
  async start(reason: string): Promise<string> {
    const words = ['start', RUNBOOK, ...LIVE, '--reason', reason, '--detach'];
    return (await this.json<{ executionId: string }>('started', ...words)).executionId;
  }

  /** Asks the engine itself, which costs no process, until the condition holds. */
  async until(says: string, condition: (snapshot: ExecutionSnapshot) => boolean): Promise<ExecutionSnapshot> {
    let seen: ExecutionSnapshot | null = null;
    const asked = waitUntil(
      says,
      async () => {
        seen = await this.#workflow.query<ExecutionSnapshot>('executionStatus');
        return condition(seen);
      },
      { timeoutMs: WAIT_MS },
    );
    await asked.catch((cause: Error) => {
      const steps = seen?.steps.map(({ id, state, error }) => `${id} ${state} ${error?.message ?? ''}`.trim());
      throw new Error([cause.message, seen?.state, ...(steps ?? [])].join('\n'), { cause });
    });
    return seen!;
  }

  /** What the live execution's attempts in flight last said. The server answers it, so no worker need be there. */
  async heartbeats(): Promise<readonly StepProgress[]> {
    return stepProgress(await this.#workflow.describe());
  }

  get #workflow() {
    const id = workflowIdOf({ mode: 'live', service: SERVICE, executionId: '', exclusive: 'service' });
    return new Client({ connection: this.#connection }).workflow.getHandle(id);
  }

  /** Everything the twin was asked so far; its log begins with the first call. */
  calls(): readonly LoggedCall[] {
    return existsSync(this.files.callLog) ? readTwinLog(this.files.callLog) : [];
  }

  changes(): readonly LoggedCall[] {
    return this.calls().filter((call) => call.mutating);
  }

  /** File of a ledger entry, by its number. */
  entryPath(entry: string): string {
    const name = this.entries().find((each) => each.startsWith(entry));
    if (name === undefined) throw new Error(`the ledger has no entry ${entry}, only ${this.entries().join(', ')}`);
    return join(this.files.evidence, 'ledger', name);
  }

  /** Names of the ledger's entries; its folder comes with the first one. */
  entries(): readonly string[] {
    const folder = join(this.files.evidence, 'ledger');
    return existsSync(folder) ? readdirSync(folder).sort() : [];
  }
}

export const stepOf = (snapshot: ExecutionSnapshot, id: string): StepRecord =>
  snapshot.steps.find((step) => step.id === id)!;
