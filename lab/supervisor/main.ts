/** The supervisor: brings a lab up, holds it, takes it down. Its only argument is `Settings` as JSON. */
import { rmSync } from 'node:fs';
import { type ErrorShape, LifeboatError } from '../../domain/errors.ts';
import { endLeftovers } from '../parts/leftovers.ts';
import { claimBase } from '../parts/ports.ts';
import { serveControl } from './control-server.ts';
import { FolderLock } from './folder-lock.ts';
import { Lab } from './lab.ts';
import { settingsSchema } from './settings.ts';
import { type LabStatus, labStatus } from './status.ts';

/** What the supervisor tells whoever started it. */
export type SupervisorMessage =
  | { readonly kind: 'progress'; readonly line: string }
  | { readonly kind: 'up'; readonly status: LabStatus }
  | { readonly kind: 'failed'; readonly error: ErrorShape };

/** Longer than any part takes to stop: past it, what still runs is killed. */
const DOWN_DEADLINE_MS = 20_000;

const settings = settingsSchema.parse(JSON.parse(process.argv[2] ?? '{}'));
const startedAt = new Date();
const supervisor = { pid: process.pid, log: `${settings.dir}/supervisor.log`, startedAt: startedAt.toISOString() };
let state: LabStatus['state'] = 'starting';
let upAfterMs: number | null = null;
let lab: Lab | null = null;
let lock: FolderLock | null = null;

function tell(message: SupervisorMessage): Promise<void> {
  if (!process.connected) return Promise.resolve();
  return new Promise((resolve) => process.send?.(message, undefined, {}, () => resolve()));
}

const write = (line: string): void => void process.stdout.write(`${new Date().toISOString()} ${line}\n`);

function say(line: string): void {
  write(line);
  if (state === 'starting') void tell({ kind: 'progress', line });
}

/** Ends everything once, whatever asks for it, and then this process. */
async function goDown(exitCode: number): Promise<void> {
  if (state === 'stopping') return;
  state = 'stopping';
  say('going down');
  const late = setTimeout(() => {
    say(`not down after ${DOWN_DEADLINE_MS} ms: killing what is left`);
    void endLeftovers(settings.dir).finally(() => leave(1));
  }, DOWN_DEADLINE_MS);
  await lab?.stop().catch((error: Error) => say(`while going down: ${error.stack}`));
  clearTimeout(late);
  leave(exitCode);
}

function leave(exitCode: number): void {
  say('down');
  lock?.release();
  if (settings.removeDir) rmSync(settings.dir, { recursive: true, force: true });
  process.exit(exitCode);
}

async function bringUp(): Promise<void> {
  lock = new FolderLock(settings.dir);
  const leftovers = await endLeftovers(settings.dir);
  for (const { name, pid } of leftovers) say(`ended what a killed lab left running: ${name} (pid ${pid})`);
  const claim = await claimBase(settings.basePort);
  lock.publish(claim.base);
  const starting = new Lab(settings, claim.base, say);
  lab = starting;
  const status = (): LabStatus => labStatus(starting, { state, supervisor, upAfterMs });
  serveControl(claim.control, { lab: starting, status, goDown: () => void goDown(0) });
  await starting.start();
  upAfterMs = Date.now() - startedAt.getTime();
  state = 'up';
  say(`up after ${upAfterMs} ms`);
  await tell({ kind: 'up', status: status() });
}

process.once('SIGTERM', () => void goDown(0));
process.once('SIGINT', () => void goDown(0));
process.once('disconnect', () => {
  // Somebody who gave up waiting wants no half of a lab.
  if (settings.boundToParent || state === 'starting') void goDown(0);
});
process.on('uncaughtException', (error) => {
  say(`INTERNAL: ${error.stack}`);
  void goDown(1);
});

bringUp().catch(async (caught: unknown) => {
  if (state === 'stopping') return;
  const error =
    caught instanceof LifeboatError
      ? caught.shape
      : new LifeboatError('DR_LAB_START_FAILED', caught instanceof Error ? caught.message : String(caught), {
          field: 'part',
          remedy: `Read ${supervisor.log}`,
        }).shape;
  write(`did not start: ${error.code} ${error.message}`);
  await tell({ kind: 'failed', error });
  await goDown(1);
});
