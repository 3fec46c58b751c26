import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LifeboatError } from '../domain/errors.ts';
import { labSurroundings } from './config.ts';
import { findLab, order } from './control-client.ts';
import { endLeftovers } from './parts/leftovers.ts';
import { isStill } from './parts/process-tree.ts';
import { waitUntil } from './parts/wait-until.ts';
import { prepareFolder } from './prepare-folder.ts';
import { shellEnvironment } from './shell-environment.ts';
import type { Fault, FaultRecord } from './supervisor/fault.ts';
import { runningSupervisor } from './supervisor/folder-lock.ts';
import type { SupervisorMessage } from './supervisor/main.ts';
import type { PartOrder, PartStatus } from './supervisor/part.ts';
import type { Settings } from './supervisor/settings.ts';
import type { LabStatus } from './supervisor/status.ts';
import type { Durations, Endpoint, Region } from './topology.ts';

export interface LabOptions {
  /** Folder of its state; absent: a new one below the temporary folder, removed by `down`. */
  readonly dir?: string;
  /** Absent: the first free one. */
  readonly basePort?: number;
  /** Replication delay from the start, in milliseconds. */
  readonly lagMs?: number;
  /** `ignore_lease`: the booking service breaks its word, so that two writers are possible. */
  readonly writers?: 'honour_lease' | 'ignore_lease';
  /** `false`: no database in the recovery region, and no booking process there until one is. */
  readonly standby?: boolean;
  readonly durations?: Partial<Durations>;
  /** Processes to leave out. */
  readonly without?: readonly Settings['without'][number][];
  /** Absent or true: the lab goes down when this process ends, however it ends. */
  readonly boundToParent?: boolean;
  readonly onProgress?: (line: string) => void;
}

/** Folder of the built programs, from the sources as well as from a built file. */
export function programDir(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return join(folder, 'dist');
}

const DOWN_DEADLINE_MS = 30_000;

/** A running lab, for tests, the demo and the `lab` command. */
export class LabHandle {
  readonly dir: string;
  readonly basePort: number;
  readonly #temporary: boolean;

  private constructor(dir: string, basePort: number, temporary: boolean) {
    this.dir = dir;
    this.basePort = basePort;
    this.#temporary = temporary;
  }

  /** The lab that runs in a folder; throws `DR_LAB_NOT_RUNNING`. */
  static find(dir: string): LabHandle {
    return new LabHandle(dir, findLab(dir).basePort, false);
  }

  /** Brings a lab up and waits until all of it is. Throws with the part that failed; nothing then runs. */
  static async start(options: LabOptions = {}): Promise<LabHandle> {
    const temporary = options.dir === undefined;
    const dir = await prepareFolder(options.dir ?? mkdtempSync(join(tmpdir(), 'lifeboat-lab-')));
    try {
      const status = await startSupervisor(dir, options);
      return new LabHandle(dir, status.basePort, temporary);
    } catch (caught) {
      if (temporary) rmSync(dir, { recursive: true, force: true });
      throw caught;
    }
  }

  status(): Promise<LabStatus> {
    return order(this.basePort, 'GET', '/status');
  }

  fault(fault: Fault): Promise<FaultRecord> {
    return order(this.basePort, 'POST', '/fault', fault);
  }

  heal(): Promise<FaultRecord> {
    return order(this.basePort, 'POST', '/heal', {});
  }

  /** Orders to one part: `part('worker').kill()`. */
  part(name: string): Readonly<Record<PartOrder, () => Promise<PartStatus>>> & { status(): Promise<PartStatus> } {
    const send = (what: PartOrder) => () =>
      order<PartStatus>(this.basePort, 'POST', `/parts/${encodeURIComponent(name)}/${what}`, {});
    return {
      start: send('start'),
      stop: send('stop'),
      kill: send('kill'),
      freeze: send('freeze'),
      thaw: send('thaw'),
      status: async () => {
        const { parts } = await this.status();
        const part = parts.find((each) => each.name === name);
        if (part) return part;
        throw new LifeboatError('DR_LAB_PART_UNKNOWN', `The lab has no part '${name}'.`, {
          field: 'part',
          actual: name,
        });
      },
    };
  }

  /**
   * Copies of both regions' databases as they are now, opened apart; a region without one of its own shows what was restored
   * there under its name. Closed by `closeAutopsy`, by the next one, or with the lab.
   */
  autopsy(): Promise<Readonly<Record<Region, Endpoint>>> {
    return order(this.basePort, 'POST', '/autopsy', {});
  }

  async closeAutopsy(): Promise<void> {
    await order(this.basePort, 'DELETE', '/autopsy', {});
  }

  /** Variables for a `lifeboat` or `aws` command run as one of the lab's people. */
  async environment(person = 'oncall-1'): Promise<Readonly<Record<string, string>>> {
    return shellEnvironment(await this.status(), person);
  }

  /** Ends every process, waits for it, and removes the folder if the lab made it up. */
  async down(): Promise<void> {
    await takeDown(this.dir);
    if (this.#temporary) rmSync(this.dir, { recursive: true, force: true });
  }
}

/** Brings a lab up. See `LabHandle.start`. */
export const startLab = (options: LabOptions = {}): Promise<LabHandle> => LabHandle.start(options);

/** Ends the lab of a folder and whatever a killed one left there. Returns the names of such leftovers. */
export async function takeDown(dir: string): Promise<readonly string[]> {
  const supervisor = runningSupervisor(dir);
  if (supervisor) {
    process.kill(supervisor.pid, 'SIGTERM');
    await waitUntil(`the lab in ${dir} is down`, () => !isStill(supervisor), { timeoutMs: DOWN_DEADLINE_MS });
  }
  const leftovers = await endLeftovers(dir);
  return leftovers.map(({ name, pid }) => `${name} (pid ${pid})`);
}

async function startSupervisor(dir: string, options: LabOptions): Promise<LabStatus> {
  const { cacheDir, temporal, tofu, searchPath } = labSurroundings();
  const programs = programDir();
  const program = join(programs, 'supervisor.js');
  if (!existsSync(program)) {
    throw new LifeboatError('DR_LAB_START_FAILED', `${program} is not there: the lab runs built programs.`, {
      field: 'dist',
      remedy: 'npm run build',
    });
  }
  const settings: Settings = {
    dir,
    cacheDir,
    programDir: programs,
    basePort: options.basePort ?? null,
    lagMs: options.lagMs ?? 0,
    standby: options.standby ?? true,
    honoursLease: options.writers !== 'ignore_lease',
    temporal: { explicit: temporal, searchPath },
    tofu,
    durations: options.durations ?? {},
    boundToParent: options.boundToParent ?? true,
    removeDir: options.dir === undefined,
    without: [...(options.without ?? [])],
  };
  const logPath = join(dir, 'supervisor.log');
  const log = openSync(logPath, 'a');
  const child = spawn(process.execPath, [program, JSON.stringify(settings)], {
    cwd: dir,
    stdio: ['ignore', log, log, 'ipc'],
    // Not in our group: Ctrl-C here takes the lab down in order, through the channel, or leaves it running.
    detached: true,
  });
  closeSync(log);
  try {
    return await waitForUp(child, logPath, options.onProgress ?? (() => {}));
  } finally {
    child.unref();
    if (options.boundToParent ?? true) child.channel?.unref();
    else if (child.connected) child.disconnect();
  }
}

function waitForUp(child: ChildProcess, logPath: string, onProgress: (line: string) => void): Promise<LabStatus> {
  return new Promise((resolve, reject) => {
    let failure: LifeboatError | null = null;
    child.on('message', (message: SupervisorMessage) => {
      if (message.kind === 'progress') onProgress(message.line);
      if (message.kind === 'failed') failure = LifeboatError.of(message.error);
      if (message.kind !== 'up') return;
      child.removeAllListeners();
      resolve(message.status);
    });
    child.once('error', reject);
    // A refusal is told when the supervisor has ended: by then nothing of its lab runs.
    child.once('exit', (code, signal) => {
      const tail = existsSync(logPath) ? readFileSync(logPath, 'utf8').trimEnd().split('\n').slice(-8).join('\n') : '';
      reject(
        failure ??
          new LifeboatError(
            'DR_LAB_START_FAILED',
            `The supervisor ended (${signal ?? `exit code ${code}`}) before the lab was up:\n${tail}`,
            {
              field: 'supervisor',
              remedy: `Read ${logPath}`,
            },
          ),
      );
    });
  });
}
