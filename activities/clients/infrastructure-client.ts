import { existsSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { LifeboatError } from '../../domain/errors.ts';
import type { Json } from '../../domain/json.ts';
import { addressesOf } from '../infrastructure/allowed-changes.ts';
import { type BinaryRun, runBinary } from '../infrastructure/binary-run.ts';
import { errorsIn, lockHolderIn, redact } from '../infrastructure/diagnostics.ts';
import { type PlanDocument, planOf, sensitiveTexts, undeclaredVariables } from '../infrastructure/plan-document.ts';
import { makePrivateFolder, removePrivateFolder } from '../infrastructure/private-folder.ts';
import type { InfrastructurePlan } from './clients.ts';

type Variables = Readonly<Record<string, string>>;

export interface InfrastructureSettings {
  /** OpenTofu or Terraform; absent: none is configured, and every call says so. */
  readonly binary: string | undefined;
  /** Shared-credentials profile that providers and state use. */
  readonly profile?: string | undefined;
  /** Everything else the binary gets to see of its surroundings; absent: a plain PATH. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  readonly deadlines?: Partial<typeof DEADLINES>;
}

/** An apply ends before the step that asked for it: what it created must be in its state by then. */
const DEADLINES = { initMs: 300_000, planMs: 900_000, applyMs: 3_300_000, graceMs: 60_000 };
/** Two plans of one stack at a time are ordinary; an apply by somebody else takes longer, and is told. */
const LOCK_TIMEOUT = '3s';
/** A plan that nobody applied by now was made to be looked at: it holds secrets, so it goes. */
const KEPT_MS = 60_000;
const MOST_TOLD = 3;
const NO_CHANGES = 0;
const CHANGES = 2;

interface Planned {
  readonly plan: InfrastructurePlan;
  readonly dir: string;
  readonly file: string;
  readonly secrets: ReadonlyMap<string, string>;
}

/** Two processes that initialize one folder at a time would tear each other's files. */
const initializing = new Map<string, Promise<unknown>>();

/**
 * Runs the configured Terraform-compatible binary on a stack's folder: Terraform ≥ 1.9 or OpenTofu ≥ 1.7. Plan files and what the
 * binary prints stay in folders that only this user can read; of its output only errors are passed on, without values of variables.
 *
 * The binary reads no configuration of the user's, but `cli.tfrc` in the stack's folder where there is one: a mirror of its
 * providers, for instance, without which a stack depends on a registry during a disaster.
 */
export class InfrastructureClient {
  readonly #settings: InfrastructureSettings;
  readonly #deadlines: typeof DEADLINES;
  readonly #kept = new Map<string, { readonly planned: Planned; readonly expiry: NodeJS.Timeout }>();

  constructor(settings: InfrastructureSettings) {
    this.#settings = settings;
    this.#deadlines = { ...DEADLINES, ...settings.deadlines };
  }

  /**
   * What applying would do now. Changes no resource; initializes the folder, and takes the state's lock while it reads it.
   * @throws LifeboatError `DR_INFRASTRUCTURE_LOCKED` naming the holder, `DR_INFRASTRUCTURE_FAILED`.
   */
  async plan(folder: string, variables: Variables, signal: AbortSignal): Promise<InfrastructurePlan> {
    const planned = await this.#plan(folder, variables, signal);
    await this.#keep(keyOf(folder, variables), planned);
    return planned.plan;
  }

  /**
   * Applies the plan with that digest and no other: what was planned is planned again if it is gone, and refused if it would do
   * something else now (retryable: whoever decides shall look again).
   * @throws LifeboatError as `plan`.
   */
  async apply(folder: string, variables: Variables, planDigest: string, signal: AbortSignal): Promise<Json> {
    const kept = this.#take(keyOf(folder, variables));
    const fits = kept?.plan.digest === planDigest;
    if (kept && !fits) await removePrivateFolder(kept.dir);
    const planned = kept && fits ? kept : await this.#plan(folder, variables, signal);
    try {
      if (planned.plan.digest !== planDigest) {
        throw new LifeboatError('DR_INFRASTRUCTURE_FAILED', `${folder}: the plan is not the one decided on any more`, {
          expected: planDigest,
          actual: planned.plan.digest,
          retryable: true,
        });
      }
      const args = ['apply', '-json', '-input=false', `-lock-timeout=${LOCK_TIMEOUT}`, planned.file];
      const run = await this.#run(folder, planned.dir, args, this.#deadlines.applyMs, signal);
      if (run.code !== 0) throw this.#failure('apply', folder, run, planned.secrets, signal);
      return {
        created: addressesOf(planned.plan.changes, 'create'),
        updated: addressesOf(planned.plan.changes, 'update'),
      };
    } finally {
      await removePrivateFolder(planned.dir);
    }
  }

  async #plan(folder: string, variables: Variables, signal: AbortSignal): Promise<Planned> {
    await demandStack(folder);
    const dir = await makePrivateFolder();
    try {
      const secrets = new Map(Object.entries(variables).map(([name, value]) => [value, `value of ${name}`]));
      const given = join(dir, 'variables.tfvars.json');
      await writeFile(given, JSON.stringify(variables), { mode: 0o600 });
      await writeFile(join(dir, 'empty.tfrc'), '', { mode: 0o600 });
      await this.#initialize(folder, dir, secrets, signal);
      const file = join(dir, 'plan');
      const run = await this.#run(
        folder,
        dir,
        [
          ...['plan', '-json', '-input=false', '-detailed-exitcode', `-lock-timeout=${LOCK_TIMEOUT}`],
          ...[`-var-file=${given}`, `-out=${file}`],
        ],
        this.#deadlines.planMs,
        signal,
      );
      if (run.code !== NO_CHANGES && run.code !== CHANGES) throw this.#failure('plan', folder, run, secrets, signal);
      const shown = await this.#run(folder, dir, ['show', '-json', file], this.#deadlines.initMs, signal);
      if (shown.code !== 0) throw this.#failure('show', folder, shown, secrets, signal);
      const document = JSON.parse(shown.stdout) as PlanDocument;
      const unknown = undeclaredVariables(document, variables);
      if (unknown.length > 0) {
        throw new LifeboatError(
          'DR_INFRASTRUCTURE_FAILED',
          `${folder} declares no variable ${unknown.join(', ')}, which it is given`,
          {
            field: 'variables',
            actual: [...unknown],
            remedy: 'Correct `coldRecovery.variables` in the configuration.',
          },
        );
      }
      const plan = planOf(document, await backendOf(folder));
      return { plan, dir, file, secrets: new Map([...sensitiveTexts(document), ...secrets]) };
    } catch (caught) {
      await removePrivateFolder(dir);
      throw caught;
    }
  }

  /** Providers as the lock file pins them; without one, as it finds them. */
  async #initialize(
    folder: string,
    dir: string,
    secrets: ReadonlyMap<string, string>,
    signal: AbortSignal,
  ): Promise<void> {
    const pinned = existsSync(join(folder, '.terraform.lock.hcl'));
    const args = ['init', '-json', '-input=false', ...(pinned ? ['-lockfile=readonly'] : [])];
    const before = initializing.get(folder) ?? Promise.resolve();
    const turn = before.then(async () => {
      signal.throwIfAborted();
      const run = await this.#run(folder, dir, args, this.#deadlines.initMs, signal);
      if (run.code !== 0) throw this.#failure('init', folder, run, secrets, signal);
    });
    const settled = turn.catch(() => undefined);
    initializing.set(folder, settled);
    await turn;
    if (initializing.get(folder) === settled) initializing.delete(folder);
  }

  async #run(
    folder: string,
    dir: string,
    args: readonly string[],
    deadlineMs: number,
    signal: AbortSignal,
  ): Promise<BinaryRun> {
    const { binary, profile, environment } = this.#settings;
    if (binary === undefined) {
      throw new LifeboatError('DR_INFRASTRUCTURE_FAILED', 'no Terraform-compatible binary is configured', {
        field: 'infrastructure.binary',
        remedy: 'Name OpenTofu or Terraform in the configuration: infrastructure: { binary: /usr/bin/tofu }',
      });
    }
    const own = join(folder, 'cli.tfrc');
    const options = {
      binary,
      args: [`-chdir=${folder}`, ...args],
      environment: {
        PATH: '/usr/local/bin:/usr/bin:/bin',
        HOME: homedir(),
        ...(profile === undefined ? environment : { ...withoutKeys(environment), AWS_PROFILE: profile }),
        TF_IN_AUTOMATION: '1',
        TF_INPUT: '0',
        CHECKPOINT_DISABLE: '1',
        TF_CLI_CONFIG_FILE: existsSync(own) ? own : join(dir, 'empty.tfrc'),
      },
      dir,
      name: args[0] ?? 'run',
      deadlineMs,
      graceMs: this.#deadlines.graceMs,
      signal,
    };
    try {
      return await runBinary(options);
    } catch (caught) {
      const because = caught instanceof Error ? caught.message : String(caught);
      throw new LifeboatError('DR_INFRASTRUCTURE_FAILED', `${binary} cannot be run: ${because}`, {
        field: 'infrastructure.binary',
        actual: binary,
      });
    }
  }

  #failure(
    what: 'init' | 'plan' | 'show' | 'apply',
    folder: string,
    run: BinaryRun,
    secrets: ReadonlyMap<string, string>,
    signal: AbortSignal,
  ): unknown {
    if (run.stopped === 'aborted') return signal.reason;
    const errors = errorsIn(run);
    const holder = lockHolderIn(errors);
    if (holder) {
      const { who, id, operation, created } = holder;
      return new LifeboatError(
        'DR_INFRASTRUCTURE_LOCKED',
        `${folder}: the lock is held by ${who ?? 'somebody'} (${operation ?? 'unknown operation'} since ${created ?? 'unknown'}), lock id ${id ?? 'unknown'}`,
        { field: folder, actual: { id, who, operation, created } },
      );
    }
    const told = errors
      .slice(0, MOST_TOLD)
      .map(({ summary, detail, address }) => `${address ? `${address}: ` : ''}${oneLine(`${summary}: ${detail}`)}`);
    const more = errors.length > MOST_TOLD ? `; and ${errors.length - MOST_TOLD} more` : '';
    const late = run.stopped === 'deadline' ? 'it was stopped because it took too long' : null;
    const ended = run.code === null ? 'it was ended by a signal' : `it ended with ${run.code}`;
    const because = [...(late ? [late] : []), ...told].join('; ') || `${ended} and gave no reason`;
    return new LifeboatError(
      'DR_INFRASTRUCTURE_FAILED',
      redact(`${basename(this.#settings.binary ?? '')} ${what} of ${folder}: ${because}${more}`, secrets).slice(
        0,
        1_500,
      ),
      // A state that moved on since the plan was made: the next look plans anew.
      { field: folder, retryable: errors.some(({ summary }) => /saved plan is stale/i.test(summary)) },
    );
  }

  async #keep(key: string, planned: Planned): Promise<void> {
    const before = this.#take(key);
    const expiry = setTimeout(() => {
      if (this.#kept.get(key)?.planned === planned) this.#kept.delete(key);
      void removePrivateFolder(planned.dir);
    }, KEPT_MS);
    expiry.unref();
    this.#kept.set(key, { planned, expiry });
    if (before) await removePrivateFolder(before.dir);
  }

  #take(key: string): Planned | null {
    const kept = this.#kept.get(key);
    if (!kept) return null;
    clearTimeout(kept.expiry);
    this.#kept.delete(key);
    return kept.planned;
  }
}

/** Keys in the environment would win over the profile that is configured. */
const withoutKeys = (environment: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(environment).filter(([name]) => !/^AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)$/.test(name)),
  );

const keyOf = (folder: string, variables: Variables): string => JSON.stringify([folder, variables]);

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').replace(/: $/, '').trim().slice(0, 400);

async function demandStack(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => null);
  if (found?.isDirectory()) return;
  throw new LifeboatError('DR_INFRASTRUCTURE_FAILED', `there is no folder ${folder}`, {
    field: 'coldRecovery.infrastructureFolder',
    actual: folder,
  });
}

/** Where the state stands, as initializing noted it. No note: beside the stack, on this machine. */
async function backendOf(folder: string): Promise<InfrastructurePlan['backend']> {
  const noted = await readFile(join(folder, '.terraform', 'terraform.tfstate'), 'utf8').catch(() => null);
  const { backend } = (noted === null ? {} : JSON.parse(noted)) as {
    readonly backend?: { readonly type: string; readonly config?: Readonly<Record<string, Json>> };
  };
  if (!backend) return { kind: 'local', region: null, locks: true };
  const { region, use_lockfile: lockFile, dynamodb_table: table } = backend.config ?? {};
  return {
    kind: backend.type,
    region: typeof region === 'string' && region !== '' ? region : null,
    // Only this one locks nothing unless told to.
    locks: backend.type !== 's3' || lockFile === true || (typeof table === 'string' && table !== ''),
  };
}
