import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LifeboatError } from '../../domain/errors.ts';
import { runCommand } from './run-command.ts';

export interface OpenTofuBinary {
  readonly path: string;
  /** As the binary itself prints it: `OpenTofu v1.10.10`, `Terraform v1.11.4`. */
  readonly version: string;
  /** Which way it was found, for people. */
  readonly from: string;
}

export interface OpenTofuSearch {
  /** Path somebody set; nothing else is tried when there is one. */
  readonly explicit?: string;
  /** Folder for what is built, kept between labs. */
  readonly cacheDir: string;
  /** Folders to look in for `tofu` and `terraform`, as in PATH. */
  readonly searchPath?: string;
  /** Builds one when none is found: minutes of both cores, once. */
  readonly build?: boolean;
  /** Only OpenTofu will do. */
  readonly onlyOpenTofu?: boolean;
  readonly say?: (line: string) => void;
}

const PACKAGE = 'github.com/opentofu/opentofu/cmd/tofu';
/** A module of our own: OpenTofu's replaces a dependency, so `go install` by name refuses it. */
const MODULE = 'lab/parts/opentofu';
const BUILD_MS = 1_800_000;

/**
 * A Terraform-compatible binary: an explicit setting, the cached build, PATH, and if asked for a build of OpenTofu from its Go
 * module. Throws `DR_LAB_TOFU_MISSING` naming every way tried.
 */
export async function findOpenTofu(search: OpenTofuSearch): Promise<OpenTofuBinary> {
  const { explicit, cacheDir, searchPath = '', say = () => {} } = search;
  if (explicit) {
    const version = await versionOf(explicit);
    if (version.ok) return { path: explicit, version: version.says, from: 'LIFEBOAT_TOFU' };
    throw missing([`LIFEBOAT_TOFU=${explicit}: ${version.says}`], 'LIFEBOAT_TOFU');
  }
  const kept = cached(cacheDir);
  if (kept) return kept;
  const tried = [`cached build in ${join(cacheDir, 'opentofu')}: not there`];

  for (const name of search.onlyOpenTofu ? ['tofu'] : ['tofu', 'terraform']) {
    const path = searchPath
      .split(delimiter)
      .filter((folder) => folder !== '')
      .map((folder) => join(folder, name))
      .find((candidate) => existsSync(candidate));
    if (!path) {
      tried.push(`${name} on PATH: not there`);
      continue;
    }
    const version = await versionOf(path);
    if (version.ok) return { path, version: version.says, from: 'PATH' };
    tried.push(`${path} on PATH: ${version.says}`);
  }
  if (!search.build) throw missing([...tried, 'a build with Go: not asked for'], 'tofu');
  say('no OpenTofu here yet: building it from its Go module, once, which takes some minutes');
  const built = await build(cacheDir);
  if ('path' in built) return built;
  throw missing([...tried, `a build with Go: ${built.failed}`], 'tofu');
}

function missing(tried: readonly string[], field: string): LifeboatError {
  return new LifeboatError(
    'DR_LAB_TOFU_MISSING',
    `No Terraform-compatible binary could be had. Tried:\n${tried.map((way) => `  - ${way}`).join('\n')}`,
    { field, expected: 'an OpenTofu or Terraform that answers version', actual: [...tried] },
  );
}

/** Nothing of the user's configuration may matter, not even to what it prints. */
async function versionOf(path: string): Promise<{ readonly ok: boolean; readonly says: string }> {
  const { code, output } = await runCommand(path, ['version'], {
    deadlineMs: 20_000,
    environment: { CHECKPOINT_DISABLE: '1', TF_CLI_CONFIG_FILE: '/dev/null', TF_CLI_ARGS: '' },
  });
  const line = output.split('\n').find((candidate) => /^(OpenTofu|Terraform) v/.test(candidate));
  return code === 0 && line
    ? { ok: true, says: line }
    : { ok: false, says: `version ended with ${code}: ${output.split('\n')[0]?.slice(0, 200)}` };
}

/** The record beside the binary shows a copy that was cut short. */
function cached(cacheDir: string): OpenTofuBinary | null {
  const path = join(cacheDir, 'opentofu', 'tofu');
  try {
    const kept = JSON.parse(readFileSync(`${path}.json`, 'utf8')) as { version: string; size: number };
    return statSync(path).size === kept.size ? { path, version: kept.version, from: 'cached build' } : null;
  } catch {
    return null;
  }
}

/** Versions and hashes of every module are committed: what is built is what was examined, or nothing. */
async function build(cacheDir: string): Promise<OpenTofuBinary | { readonly failed: string }> {
  mkdirSync(cacheDir, { recursive: true });
  const folder = mkdtempSync(join(cacheDir, 'opentofu-build-'));
  try {
    const ready = join(folder, 'ready');
    mkdirSync(ready);
    const path = join(ready, 'tofu');
    cpSync(join(repositoryRoot(), MODULE), join(folder, 'module'), { recursive: true });
    const result = await runCommand(
      'go',
      [
        'build',
        '-C',
        join(folder, 'module'),
        '-mod=readonly',
        '-trimpath',
        '-ldflags=-s -w -X github.com/opentofu/opentofu/version.dev=no',
        '-o',
        path,
        PACKAGE,
      ],
      { deadlineMs: BUILD_MS, environment: { GOFLAGS: '', GOWORK: 'off' } },
    );
    if (result.code !== 0 || !existsSync(path)) {
      return { failed: `go build ended with ${result.code}: ${result.output.split('\n').at(-1)?.slice(0, 300)}` };
    }
    const version = await versionOf(path);
    if (!version.ok) return { failed: `what came of it does not run: ${version.says}` };
    writeFileSync(`${path}.json`, `${JSON.stringify({ version: version.says, size: statSync(path).size })}\n`);
    const place = join(cacheDir, 'opentofu');
    try {
      renameSync(ready, place);
    } catch {
      const theirs = cached(cacheDir);
      if (theirs) return theirs;
      rmSync(place, { recursive: true, force: true });
      renameSync(ready, place);
    }
    return { path: join(place, 'tofu'), version: version.says, from: 'a build just now' };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** From the sources as well as from a built file. */
export function repositoryRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}
