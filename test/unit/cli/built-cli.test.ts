import { spawn } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { BUNDLE_SETTINGS } from '../../../tools/bundle-settings.ts';
import { temporaryFolder, validConfiguration, writeConfiguration } from '../configuration/valid-configuration.ts';
import { filledLedger } from '../ledger/a-ledger.ts';

/** A process that has not ended by then hangs. On a busy machine one that begins takes seconds, and here are many at once. */
const PROCESS_MS = 60_000;
vi.setConfig({ testTimeout: 2 * PROCESS_MS, hookTimeout: PROCESS_MS });

const root = join(import.meta.dirname, '../../..');
const built = join(root, 'node_modules/.cache', `lifeboat-cli-test-${process.pid}`);

beforeAll(async () => {
  await build({
    ...BUNDLE_SETTINGS,
    entryPoints: { lifeboat: 'cli/main.ts' },
    outdir: built,
    logLevel: 'error',
  });
});

afterAll(() => rm(built, { recursive: true, force: true }));

interface Ended {
  readonly exitCode: number | null;
  readonly out: string;
  readonly err: string;
  readonly lines: readonly Record<string, unknown>[];
}

/** The built command line as a process, with nothing in its environment but what is given. */
function lifeboat(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(built, 'lifeboat.js'), ...words], {
      env: { HOME: built, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: PROCESS_MS,
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.once('error', reject);
    child.once('close', (exitCode) => {
      const text = Buffer.concat(out).toString();
      const lines = text
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      resolve({ exitCode, out: text, err: Buffer.concat(err).toString(), lines });
    });
  });
}

describe('help', () => {
  it('leads with examples, goes to standard output and ends with 0', async () => {
    const { exitCode, out, err } = await lifeboat(['--help']);
    expect(exitCode).toBe(0);
    expect(err).toBe('');
    expect(out).toMatch(/^Examples:/);
    for (const command of ['plan', 'start', 'watch', 'approve', 'abort', 'runs', 'ledger', 'doctor']) {
      expect(out).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'));
    }
  });

  it('offers only commands that exist', async () => {
    const { out } = await lifeboat(['--help']);
    const named = [...out.matchAll(/^ {2}lifeboat (\w+)/gm)].map(([, command]) => command!);
    const outcomes = await Promise.all(named.map((command) => lifeboat([command, '--help'])));
    expect(outcomes.map(({ exitCode }) => exitCode)).toEqual(named.map(() => 0));
  });

  it('loads no package, so neither Temporal nor zod: what a command needs comes with the command', async () => {
    const main = await readFile(join(built, 'lifeboat.js'), 'utf8');
    const waiting = [main];
    const seen = new Set<string>();
    const outside = new Set<string>();
    while (waiting.length > 0) {
      const text = waiting.pop()!;
      for (const [, name] of text.matchAll(/^(?:import|export) (?:[^;]*? from )?"([^"]+)";/gm)) {
        if (!name!.startsWith('.')) outside.add(name!);
        else if (!seen.has(name!)) {
          seen.add(name!);
          waiting.push(await readFile(join(built, name!), 'utf8'));
        }
      }
    }
    expect([...outside].filter((name) => !name.startsWith('node:')).sort()).toEqual([]);
  });
});

describe('usage errors', () => {
  it.each([
    ['an unknown command', ['fly'], 'lifeboat --help'],
    ['a command without its subcommand', ['runbook'], 'lifeboat runbook --help'],
    ['an unknown subcommand', ['ledger', 'burn'], 'lifeboat ledger --help'],
    ['an unknown option', ['runs', '--fast'], 'lifeboat runs --help'],
    ['a missing argument', ['status'], 'lifeboat status --help'],
    ['a missing option', ['plan', 'region-failover'], 'lifeboat plan --help'],
    ['one argument too many', ['status', 'fo-1', 'fo-2'], 'lifeboat status --help'],
  ])(
    '%s: ends with 2, says what is wrong and where help is, and nothing on standard output',
    async (_, words, next) => {
      const { exitCode, out, err } = await lifeboat(words);
      expect(exitCode).toBe(2);
      expect(out).toBe('');
      expect(err).toContain('DR_USAGE');
      expect(err).toContain(next);
    },
  );

  it('with --json are an object on standard output', async () => {
    const { exitCode, lines, err } = await lifeboat(['plan', 'region-failover', '--json']);
    expect(exitCode).toBe(2);
    expect(err).toBe('');
    expect(lines).toEqual([
      expect.objectContaining({
        lifeboat: 1,
        type: 'error',
        error: expect.objectContaining({ code: 'DR_USAGE', remedy: 'lifeboat plan --help' }),
        next: [['lifeboat', 'plan', '--help']],
      }),
    ]);
  });
});

describe('the configuration', () => {
  it.each([
    ['named by nobody', [], {}],
    ['that is not there', ['--config', '/nowhere/lifeboat.yaml'], {}],
    ['that the environment names and is not there', [], { LIFEBOAT_CONFIG: '/nowhere/lifeboat.yaml' }],
  ] as const)('%s: DR_CONFIG_MISSING, exit code 2', async (_, words, environment) => {
    const { exitCode, lines } = await lifeboat(['runs', '--json', ...words], environment);
    expect(exitCode).toBe(2);
    expect(lines[0]).toMatchObject({ error: { code: 'DR_CONFIG_MISSING' } });
  });

  it('with a wrong field: the field, what was expected and what stands there, exit code 2', async () => {
    const wrong = { ...validConfiguration(), enviroment: 'lab' };
    const { exitCode, err } = await lifeboat(['--config', await writeConfiguration(wrong)]);
    expect(exitCode).toBe(2);
    expect(err).toContain('DR_CONFIG_INVALID');
    expect(err).toContain('enviroment: is not a known key');
  });

  it('whose Temporal does not answer: the address, exit code 1, within a few seconds', async () => {
    const content = validConfiguration();
    content.temporal.address = '127.0.0.1:9';
    const { exitCode, lines } = await lifeboat([
      'status',
      'fo-20261121-0316-k3ab',
      '--json',
      '--config',
      await writeConfiguration(content),
    ]);
    expect(exitCode).toBe(1);
    expect(lines[0]).toMatchObject({ error: { code: 'DR_TEMPORAL_UNREACHABLE', actual: '127.0.0.1:9' } });
  });
});

describe('runbook', () => {
  it('ls lists every runbook without a configuration, one JSON object a line', async () => {
    const { exitCode, lines } = await lifeboat(['runbook', 'ls', '--json']);
    expect(exitCode).toBe(0);
    expect(lines[0]).toEqual({ lifeboat: 1, type: 'runbooks', count: lines.length - 1 });
    expect(lines.slice(1)).toContainEqual(expect.objectContaining({ type: 'runbook', id: 'region-failover' }));
  });

  it('show --by-hand prints a shell script and nothing else', async () => {
    const { exitCode, out, err } = await lifeboat(['runbook', 'show', 'region-failover', '--by-hand']);
    expect(exitCode).toBe(0);
    expect(err).toBe('');
    expect(out).toMatch(/^#!\/bin\/sh\n/);
    expect(out).toContain('aws rds failover-global-cluster');
  });

  it.each([
    ['keep', 'lifeboat:kind,Value=keep'],
    ['swap', '--new-db-cluster-identifier'],
  ])('show --by-hand prints what was asked for, not the example: then=%s', async (then, says) => {
    const { exitCode, out } = await lifeboat([
      ...['runbook', 'show', 'point-in-time-recovery', '--by-hand'],
      ...['--param', `then=${then}`, '--param', 'restoreTo=2026-11-20T10:00:00Z'],
    ]);
    expect(exitCode).toBe(0);
    expect(out).toContain('2026-11-20T10:00:00Z');
    expect(out).toContain(says);
  });

  it('show of an unknown one names those there are', async () => {
    const { exitCode, err } = await lifeboat(['runbook', 'show', 'nope']);
    expect(exitCode).toBe(2);
    expect(err).toContain('DR_RUNBOOK_UNKNOWN');
    expect(err).toContain('region-failover');
  });

  it('lint finds nothing wrong with the runbooks there are', async () => {
    const { exitCode, lines } = await lifeboat(['runbook', 'lint', '--json']);
    expect(exitCode).toBe(0);
    expect(lines[0]).toMatchObject({ type: 'lint', broken: 0 });
  });
});

describe('ledger verify', () => {
  async function ledger() {
    const { folder, key } = await filledLedger();
    const keyPath = join(await temporaryFolder(), 'ledger.public.pem');
    await writeFile(keyPath, key.publicKeyPem);
    const entries = (await readdir(join(folder, 'ledger'))).sort();
    return { folder, keyPath, entry: (number: number) => join(folder, 'ledger', entries[number - 1]!) };
  }

  it('needs nothing but folder and key, and ends with 0 when valid', async () => {
    const { folder, keyPath } = await ledger();
    const { exitCode, lines } = await lifeboat(['ledger', 'verify', folder, '--key', keyPath, '--json']);
    expect(exitCode).toBe(0);
    expect(lines[0]).toMatchObject({
      lifeboat: 1,
      type: 'ledger',
      verdict: 'valid',
      entries: 5,
      executions: 2,
      problems: [],
    });
  });

  it('prints a checkpoint that the next verification accepts, and another ledger’s does not fit', async () => {
    const { folder, keyPath } = await ledger();
    const first = await lifeboat(['ledger', 'verify', folder, '--key', keyPath]);
    const since = /--since (\S+)/.exec(first.out)![1]!;
    expect((await lifeboat(['ledger', 'verify', folder, '--key', keyPath, '--since', since])).exitCode).toBe(0);
    const other = `${since.split(':')[0]}:${'0'.repeat(64)}`;
    expect((await lifeboat(['ledger', 'verify', folder, '--key', keyPath, '--since', other])).exitCode).toBe(1);
  });

  it('ends with 1 when a byte was changed, and names the entry', async () => {
    const { folder, keyPath, entry } = await ledger();
    const text = await readFile(entry(3), 'utf8');
    await writeFile(entry(3), text.replace('"payload":"ey', '"payload":"eY'));
    const { exitCode, out } = await lifeboat(['ledger', 'verify', folder, '--key', keyPath]);
    expect(exitCode).toBe(1);
    expect(out).toMatch(/TAMPERED {2}entry 000000000003/);
  });

  it('ends with 1 when it is another key’s', async () => {
    const { folder } = await ledger();
    const { keyPath } = await ledger();
    expect((await lifeboat(['ledger', 'verify', folder, '--key', keyPath])).exitCode).toBe(1);
  });

  it('ends with 2 when entries are missing at its end that a checkpoint noted', async () => {
    const { folder, keyPath, entry } = await ledger();
    const before = await lifeboat(['ledger', 'verify', folder, '--key', keyPath, '--json']);
    const last = before.lines[0]!['last'] as { sequence: number; digest: string };
    await rm(entry(5));
    const words = ['ledger', 'verify', folder, '--key', keyPath, '--since', `${last.sequence}:${last.digest}`];
    const { exitCode, out } = await lifeboat(words);
    expect(exitCode).toBe(2);
    expect(out).toContain('INCOMPLETE');
  });

  it.each([
    ['a folder without a ledger', 'DR_LEDGER_MISSING'],
    ['a key that is not there', 'DR_USAGE'],
  ])('ends with 2 for %s', async (what, code) => {
    const { folder, keyPath } = await ledger();
    const words = what.startsWith('a folder') ? [built, '--key', keyPath] : [folder, '--key', '/nowhere.pem'];
    const { exitCode, lines } = await lifeboat(['ledger', 'verify', ...words, '--json']);
    expect(exitCode).toBe(2);
    expect(lines[0]).toMatchObject({ error: { code } });
  });

  it('takes folder and key from the configuration when they are not named', async () => {
    const { folder, keyPath } = await ledger();
    const path = await writeConfiguration(validConfiguration());
    const content = parse(await readFile(path, 'utf8')) as ReturnType<typeof validConfiguration>;
    const own = join(path, '..', 'verify');
    await mkdir(own);
    await copyFile(keyPath, join(own, 'ledger.public.pem'));
    Object.assign(content.control, { evidence: folder, ledgerPublicKey: join(own, 'ledger.public.pem') });
    await writeFile(path, stringify(content));
    const { exitCode, out } = await lifeboat(['ledger', 'verify'], { LIFEBOAT_CONFIG: path });
    expect(exitCode).toBe(0);
    expect(out).toContain(folder);
  });
});

describe('a process', () => {
  it('whose environment is wrong says which variable and ends with 2', async () => {
    const { exitCode, err } = await lifeboat(['runbook', 'ls'], { LIFEBOAT_LOG_LEVEL: 'loud' });
    expect(exitCode).toBe(2);
    expect(err).toContain('LIFEBOAT_LOG_LEVEL');
  });

  it('whose reader leaves early is no failure', async () => {
    const exitCode = await new Promise<number | null>((resolve) => {
      const child = spawn(process.execPath, [join(built, 'lifeboat.js'), 'runbook', 'show', 'region-failover'], {
        env: { HOME: built },
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      child.stdout.destroy();
      child.once('close', resolve);
    });
    expect(exitCode).toBe(0);
  });
});
