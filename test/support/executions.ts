import { randomBytes } from 'node:crypto';
import { connectLifeboat } from '../../client/connect.ts';
import type { LifeboatClient } from '../../client/lifeboat-client.ts';
import { loadConfiguration } from '../../configuration/load-configuration.ts';
import { LifeboatError } from '../../domain/errors.ts';
import type { ExecutionRequest, ExecutionSnapshot } from '../../domain/execution.ts';
import { executionIdOf } from '../../domain/ids.ts';
import type { Json } from '../../domain/json.ts';
import type { StepStatement } from '../../domain/statement.ts';
import { type Identity, loadIdentity } from '../../identity/load-identity.ts';
import { signStatement } from '../../identity/sign-statement.ts';
import type { LabHandle } from '../../lab/lab-handle.ts';
import { waitUntil } from '../../lab/parts/wait-until.ts';

const SERVICE = 'booking';
const PERSON = 'oncall-1';
const WAIT_MS = 90_000;
const SIGNATURE_MS = 600_000;
const START_ATTEMPTS = 4;
/** What the client makes of an answer that does not come, or not in its five seconds. */
const LATE: ReadonlySet<string> = new Set(['DR_TEMPORAL_UNREACHABLE', 'DR_WORKER_ABSENT']);

/**
 * Starts, steers and follows executions of a lab without a process per question, for tests where the instant of a command
 * counts. Everything is signed as the command line would.
 */
export class Executions {
  readonly #client: LifeboatClient;
  readonly #identity: Identity;

  private constructor(client: LifeboatClient, identity: Identity) {
    this.#client = client;
    this.#identity = identity;
  }

  static async open(lab: LabHandle): Promise<Executions> {
    const { files } = await lab.status();
    const configuration = await loadConfiguration(files.configuration);
    return new Executions(await connectLifeboat(configuration), await loadIdentity(files.identities[PERSON]!));
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  /** Starts one; its id. */
  async start(
    runbook: string,
    parameters: Readonly<Record<string, Json>> = {},
    mode: 'drill' | 'live' = 'drill',
  ): Promise<string> {
    const now = new Date();
    const same = {
      executionId: executionIdOf(runbook, now, randomBytes(3).toString('hex')),
      runbook,
      service: SERVICE,
      parameters,
      mode,
      purpose: 'exercise',
      reason: 'a test',
      planDigest: null,
    } as const;
    const statement = { type: 'start', ...same, person: PERSON, issuedAt: now.toISOString() } as const;
    const request: ExecutionRequest = {
      ...same,
      requestedBy: PERSON,
      requestedAt: now.toISOString(),
      signed: signStatement(statement, this.#identity.privateKey),
    };
    await this.#begin(request);
    return same.executionId;
  }

  /** A busy server may answer late: the id is the same, so a second request is refused if the first one counted. */
  async #begin(request: ExecutionRequest): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#client.start(request);
        return;
      } catch (caught) {
        const code = caught instanceof LifeboatError ? caught.shape.code : null;
        if (code === 'DR_EXECUTION_ALREADY_LIVE' && attempt > 1) return;
        if (code === null || !LATE.has(code) || attempt === START_ATTEMPTS) throw caught;
      }
    }
  }

  async snapshot(executionId: string): Promise<ExecutionSnapshot> {
    return (await this.#client.view(executionId)).snapshot;
  }

  /** Waits through moments in which no worker answers. */
  async until(
    executionId: string,
    says: string,
    condition: (snapshot: ExecutionSnapshot) => boolean,
    timeoutMs = WAIT_MS,
  ): Promise<ExecutionSnapshot> {
    let seen: ExecutionSnapshot | null = null;
    await waitUntil(
      `${executionId}: ${says}`,
      async () => {
        seen = await this.snapshot(executionId);
        return condition(seen);
      },
      { timeoutMs, everyMs: 100 },
    );
    return seen!;
  }

  /** Sealed: every step that always runs has run, and the record is in the ledger. */
  ended(executionId: string, timeoutMs = WAIT_MS): Promise<ExecutionSnapshot> {
    return this.until(executionId, 'it ends', ({ state }) => state === 'ended', timeoutMs);
  }

  /** Starts one and follows it to its end. */
  async run(...parameters: Parameters<Executions['start']>): Promise<ExecutionSnapshot> {
    return this.ended(await this.start(...parameters));
  }

  async abort(executionId: string): Promise<void> {
    const { plan } = await this.until(executionId, 'it tells its plan', () => true);
    const now = Date.now();
    const statement: StepStatement = {
      type: 'abort',
      person: PERSON,
      executionId,
      stepId: null,
      planDigest: plan?.digest ?? 'none',
      reason: 'a test',
      issuedAt: new Date(now).toISOString(),
      expiresAt: new Date(now + SIGNATURE_MS).toISOString(),
    };
    await this.#client.abort(executionId, signStatement(statement, this.#identity.privateKey));
  }

  async pause(executionId: string): Promise<void> {
    await this.#client.pause(executionId, PERSON, 'a test');
  }

  async resume(executionId: string): Promise<void> {
    await this.#client.resume(executionId, PERSON, 'a test');
  }
}
