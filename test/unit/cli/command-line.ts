import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { stringify } from 'yaml';
import { runCommandLine } from '../../../cli/run-command-line.ts';
import type { LifeboatClient } from '../../../client/lifeboat-client.ts';
import { environmentSettings } from '../../../configuration/config.ts';
import type { Configuration } from '../../../domain/service.ts';
import { publicKeyLine } from '../../../identity/public-key.ts';
import { temporaryFolder, validConfiguration } from '../configuration/valid-configuration.ts';

export interface Ran {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
  /** Standard output as programs read it. */
  readonly lines: readonly Record<string, unknown>[];
}

export interface CallOptions {
  readonly client?: LifeboatClient;
  readonly connect?: (configuration: Configuration) => Promise<LifeboatClient>;
  /** Streams are terminals, and these lines are typed, each when it is asked for. */
  readonly typed?: readonly string[];
  /** Standard output alone is a terminal of this size. */
  readonly screen?: { readonly columns: number; readonly rows: number };
  readonly environment?: Readonly<Record<string, string>>;
  readonly now?: () => Date;
  /** Receives what presses Ctrl-C. */
  readonly interruptible?: (press: () => void) => void;
}

/** The start of that night, without who starts it. */
export const START = [
  'start',
  'region-failover',
  '--service',
  'booking',
  '--to',
  'eu-west-3',
  '--purpose',
  'incident',
  '--reason',
  'INC-2211',
];

/** One call of the real command line, in this process, with streams of its own. */
export async function call(words: readonly string[], options: CallOptions = {}): Promise<Ran> {
  const tty = options.typed !== undefined;
  const out = collector(tty || options.screen !== undefined, options.screen);
  const err = collector(tty);
  const input = Object.assign(new PassThrough(), { isTTY: tty });
  const typed = [...(options.typed ?? [])];
  err.stream.on('data', (chunk: Buffer) => {
    if (!/: $/.test(chunk.toString())) return;
    const answer = typed.shift();
    if (answer === undefined) input.end();
    else input.write(`${answer}\n`);
  });
  const exitCode = await runCommandLine(words, {
    out: out.stream,
    err: err.stream,
    input,
    environment: environmentSettings({ TERM: 'xterm', ...options.environment }),
    now: options.now ?? (() => new Date()),
    connect: options.connect ?? (async () => options.client!),
    onInterrupt: (listener) => {
      options.interruptible?.(listener);
      return () => undefined;
    },
  });
  const text = out.text();
  return {
    exitCode,
    out: text,
    err: err.text(),
    get lines() {
      return text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    },
  };
}

function collector(isTTY: boolean, size?: { readonly columns: number; readonly rows: number }) {
  const chunks: Buffer[] = [];
  const stream = Object.assign(new PassThrough(), { isTTY, ...size });
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return { stream, text: () => Buffer.concat(chunks).toString('utf8') };
}

/** A folder with a configuration, and a key each for its people and for a stranger. */
export async function household() {
  const folder = await temporaryFolder();
  const key = async (name: string) => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const path = join(folder, `${name}.key.pem`);
    await writeFile(path, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
    return { path, publicKey: publicKeyLine(publicKey) };
  };
  const [oncall, approver, stranger] = [await key('oncall-1'), await key('approver-2'), await key('stranger')];
  const content = validConfiguration();
  const people = [
    { id: 'oncall-1', roles: ['operator'], publicKey: oncall.publicKey },
    { id: 'approver-2', roles: ['operator', 'approver'], publicKey: approver.publicKey },
  ];
  content.services.booking.people = people;
  const config = join(folder, 'lifeboat.yaml');
  await writeFile(config, stringify({ ...content, banner: 'LAB: not AWS' }));
  const as = (who: { readonly path: string }) => ['--config', config, '--identity', who.path];
  return { folder, config, people, oncall, approver, stranger, as, watch: join(folder, 'watch') };
}
