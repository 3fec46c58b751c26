import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { ERRORS, type ErrorCode } from '../../domain/errors.ts';
import type { ExecutionSnapshot } from '../../domain/execution.ts';
import { GATE, LabSession, LIVE, RUNBOOK, stepOf } from './lab-session.ts';
import { type Ended, run } from './program.ts';

const NEVER_WAS = 'fo-20200101-0000-aaaa';

let session: LabSession;
/** Where the tests keep configurations, keys and copies that are wrong on purpose. */
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'refusals-'));
  session = await LabSession.open();
});
afterAll(async () => {
  await session?.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Told {
  readonly code: ErrorCode;
  /** What must be named: the field or the value, as people read it. */
  readonly names: readonly (string | RegExp)[];
  readonly remedy: string;
}

/** A refusal as its user sees it: nothing on standard output; code, field or value, and remedy on standard error. */
function expectTold(ended: Ended, { code, names, remedy }: Told): void {
  const { stdout, stderr, exitCode } = ended;
  expect(stderr).toContain(`(${code})`);
  for (const name of names) expect(stderr).toMatch(name);
  expect(/^(remedy|next) .*$/ms.exec(stderr)?.[0]).toContain(remedy);
  expect(exitCode).toBe(ERRORS[code].exitCode);
  expect(stdout).toBe('');
}

/** Nothing reached the platform, and the record knows of no new execution. */
async function leavingNoTrace(work: () => Promise<Ended>): Promise<Ended> {
  const before = { entries: session.entries(), changes: session.changes() };
  const ended = await work();
  expect({ entries: session.entries(), changes: session.changes() }).toEqual(before);
  return ended;
}

const refused = (
  told: Told,
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> =>
  leavingNoTrace(async () => {
    const ended = await run('lifeboat', words, { ...session.environment('oncall-1'), ...environment });
    expectTold(ended, told);
    return ended;
  });

/** A live start with some words replaced. */
const startWith = (...changed: readonly [option: string, value: string][]): readonly string[] => {
  const words = ['start', RUNBOOK, ...LIVE, '--reason', 'a test'];
  for (const [option, value] of changed) {
    const at = words.indexOf(option);
    if (at < 0) words.push(option, value);
    else words[at + 1] = value;
  }
  return words;
};

describe('a live start is refused before anything is asked for', () => {
  it('of an unknown runbook', () =>
    refused(
      { code: 'DR_RUNBOOK_UNKNOWN', names: [/^field +runbook$/m, 'region-failovr'], remedy: 'lifeboat runbook ls' },
      startWith(['start', 'region-failovr']),
    ));

  it('of an unknown service', () =>
    refused(
      { code: 'DR_SERVICE_UNKNOWN', names: [/^field +service$/m, "'bookings'"], remedy: '--service booking' },
      startWith(['--service', 'bookings']),
    ));

  it('to an unknown region', () =>
    refused(
      { code: 'DR_REGION_UNKNOWN', names: [/^field +to$/m, 'eu-north-1'], remedy: '--to eu-west-3' },
      startWith(['--to', 'eu-north-1']),
    ));

  it('to the region it would leave', () =>
    refused(
      {
        code: 'DR_REGION_UNKNOWN',
        names: [/^field +to$/m, 'eu-west-1', 'the protected region'],
        remedy: '--to eu-west-3',
      },
      startWith(['--to', 'eu-west-1']),
    ));

  it('with a parameter out of range', () =>
    refused(
      {
        code: 'DR_PARAMETER_INVALID',
        names: [/^field +quorum$/m, /\b9\b/],
        remedy: `lifeboat runbook show ${RUNBOOK}`,
      },
      startWith(['--param', 'quorum=9']),
    ));

  it('when another name is typed than the service’s', () =>
    refused(
      { code: 'DR_CONFIRM_MISMATCH', names: [/^field +--confirm$/m, "'boking'"], remedy: '--confirm booking' },
      startWith(['--confirm', 'boking']),
    ));

  it('with a key that is nobody’s', async () => {
    const key = join(folder, 'stranger.pem');
    const { privateKey } = generateKeyPairSync('ed25519');
    writeFileSync(key, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
    const told: Told = {
      code: 'DR_IDENTITY_UNKNOWN',
      names: [/^field +identity$/m, 'oncall-1, approver-2, approver-3'],
      remedy: '--identity',
    };
    await refused(told, startWith(), { LIFEBOAT_IDENTITY: key });
  });
});

describe('a configuration that is not right', () => {
  type Section = Record<string, unknown>;

  /** The lab's own configuration with one thing changed. */
  function configuration(
    name: string,
    change: (whole: Section, booking: Record<string, Section>) => void,
  ): { LIFEBOAT_CONFIG: string } {
    const whole = parse(readFileSync(session.files.configuration, 'utf8')) as Section;
    change(whole, (whole['services'] as Record<string, Record<string, Section>>)['booking']!);
    const path = join(folder, `${name}.yaml`);
    writeFileSync(path, stringify(whole));
    return { LIFEBOAT_CONFIG: path };
  }

  const told = (...names: readonly (string | RegExp)[]): Told => ({
    code: 'DR_CONFIG_INVALID',
    names,
    remedy: 'Correct the field',
  });

  it('is refused for a value of the wrong type, named with its field', () =>
    refused(
      told('services.booking.objectives.rtoSeconds', 'fast', 'number'),
      startWith(),
      configuration('type', (_, { objectives }) => {
        objectives!['rtoSeconds'] = 'fast';
      }),
    ));

  it('is refused for an unknown key, named with what it could mean', () =>
    refused(
      told('services.booking.databse', 'database'),
      startWith(),
      configuration('key', (_, booking) => {
        booking['databse'] = booking['database']!;
      }),
    ));

  it('is refused without people', () =>
    refused(
      told('services.booking.people'),
      startWith(),
      configuration('people', (_, booking) => {
        delete booking['people'];
      }),
    ));

  it('is refused when nobody of it could approve', () =>
    refused(
      told('services.booking.people', 'approver'),
      startWith(),
      configuration('approvers', (_, booking) => {
        booking['people'] = (booking['people'] as unknown as Section[]).slice(0, 1) as unknown as Section;
      }),
    ));

  it('is missed when none is named, and when the one named is not there', async () => {
    const told: Told = { code: 'DR_CONFIG_MISSING', names: [], remedy: 'Set LIFEBOAT_CONFIG or pass --config.' };
    await refused(told, startWith(), { LIFEBOAT_CONFIG: '' });
    const nowhere = join(folder, 'nowhere.yaml');
    await refused({ ...told, names: [nowhere, /^field +config$/m] }, startWith(), { LIFEBOAT_CONFIG: nowhere });
  });

  it.for(['plan', 'start', 'approve'])(
    'is told, and not left waiting, when Temporal does not answer at its address: %s',
    async (command) => {
      const address = `127.0.0.1:${await deadPort()}`;
      const unreachable = configuration('temporal', (whole) => {
        (whole['temporal'] as Section)['address'] = address;
      });
      const words = {
        plan: ['plan', RUNBOOK, ...LIVE.slice(0, 4)],
        start: startWith(),
        approve: ['approve', NEVER_WAS, '--gate', GATE, '--yes'],
      }[command]!;
      const told: Told = {
        code: 'DR_TEMPORAL_UNREACHABLE',
        names: [address, /^field +temporal\.address$/m],
        remedy: 'lifeboat doctor',
      };
      await refused(told, words, unreachable);
    },
  );
});

/** A port nobody listens on: it was free a moment ago. */
function deadPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

it('nobody knows an execution that never was', () =>
  refused({ code: 'DR_EXECUTION_UNKNOWN', names: [/^field +execution$/m, NEVER_WAS], remedy: 'lifeboat runs' }, [
    'status',
    NEVER_WAS,
  ]));

describe('while an execution is live, held up by a region that answers', () => {
  let holder: string;
  let stopped: ExecutionSnapshot;
  beforeAll(async () => {
    holder = await session.start('nothing is wrong, so this stops at its first step');
    stopped = await session.until(
      'people are asked because the impact is not confirmed',
      (snapshot) => snapshot.state === 'step_failed' && stepOf(snapshot, 'confirm-impact').state === 'failed',
    );
  }, 240_000);

  it('it has changed nothing: a region that answers is no reason to leave it', () => {
    expect(stepOf(stopped, 'confirm-impact').error).toMatchObject({ code: 'DR_IMPACT_NOT_CONFIRMED' });
    expect(session.changes()).toEqual([]);
  });

  it('a second start is refused, naming the one that runs and how to watch it', () =>
    refused(
      { code: 'DR_EXECUTION_ALREADY_LIVE', names: [holder, 'oncall-1'], remedy: `lifeboat watch ${holder}` },
      startWith(),
    ));

  it('a step that it does not have cannot be retried', () =>
    refused(
      { code: 'DR_STEP_UNKNOWN', names: [/^field +step$/m, 'confirm-impakt'], remedy: `lifeboat status ${holder}` },
      ['retry', holder, 'confirm-impakt'],
    ));

  it('a step that it does not have cannot be skipped', () =>
    refused(
      { code: 'DR_STEP_UNKNOWN', names: [/^field +step$/m, 'confirm-impakt'], remedy: `lifeboat status ${holder}` },
      ['skip', holder, 'confirm-impakt', '--yes'],
    ));

  it('a gate that it does not have cannot be approved', () =>
    refused(
      {
        code: 'DR_GATE_UNKNOWN',
        names: [/^field +--gate$/m, 'aprove-promotion', GATE],
        remedy: `lifeboat status ${holder}`,
      },
      ['approve', holder, '--gate', 'aprove-promotion', '--yes'],
    ));

  it('a ledger with one byte changed does not verify, and the entry is named', async () => {
    const copy = join(folder, 'evidence');
    cpSync(session.files.evidence, copy, { recursive: true });
    const [first = ''] = session.entries();
    const path = join(copy, 'ledger', first);
    const bytes = readFileSync(path);
    const at = bytes.indexOf('"payload":"') + 60;
    bytes[at] = bytes[at] === 0x41 ? 0x42 : 0x41;
    writeFileSync(path, bytes);
    const verify = (place: string) => session.as('oncall-1', 'ledger', 'verify', place);
    const sound = await verify(session.files.evidence);
    expect(sound.exitCode, sound.stdout).toBe(0);
    const { exitCode, stdout } = await verify(copy);
    expect(exitCode).toBe(ERRORS.DR_LEDGER_CORRUPT.exitCode);
    expect(stdout).toContain(`TAMPERED  entry ${first.replace('.json', '')} `);
    expect(stdout).toContain('DR_LEDGER_CORRUPT');
    expect(stdout).toMatch(/^remedy +Keep it as it is and compare with a copy\.$/m);
  });
});

it('a lab without a Temporal binary to be had says so and how to get one, and leaves nothing', async ({
  onTestFinished,
}) => {
  // PostgreSQL’s own user must get to it, which it must not to keys.
  const dir = mkdtempSync(join(tmpdir(), 'refused-lab-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const { exitCode, stderr, stdout } = await run('lab', ['--dir', dir, 'up'], {
    LAB_TEMPORAL: '/nonexistent/temporal',
  });
  expect(exitCode, stdout + stderr).toBe(ERRORS.DR_LAB_TEMPORAL_MISSING.exitCode);
  expect(stderr).toContain('(DR_LAB_TEMPORAL_MISSING)');
  expect(stderr).toContain('LAB_TEMPORAL=/nonexistent/temporal');
  expect(stderr).toMatch(/^ {2}→ Install the Temporal CLI, or set LAB_TEMPORAL to its path: npm run lab -- doctor$/m);
  expect(existsSync(join(dir, 'supervisor.json'))).toBe(false);
  expect(processesAbout(dir)).toEqual([]);
});

/** Command lines that name the folder: every process of a lab's does. */
const processesAbout = (dir: string): readonly string[] =>
  execFileSync('ps', ['-eo', 'args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(dir));
