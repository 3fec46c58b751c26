import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findTemporal } from '../../../lab/parts/temporal-binary.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'find-temporal-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program that answers `--version` as the Temporal CLI does. */
function binary(path: string, version: string): string {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho "temporal version ${version} (Server 1.0.0, UI 1.0.0)"\n`, { mode: 0o755 });
  return path;
}

function cachedCopy(version: string): string {
  const path = binary(join(folder, 'cache', 'temporal', 'temporal'), version);
  const record = { version: `temporal version ${version}`, from: 'a download', size: readFileSync(path).length };
  writeFileSync(`${path}.json`, JSON.stringify(record));
  return path;
}

const search = () => ({ cacheDir: join(folder, 'cache'), searchPath: join(folder, 'bin'), offline: true });

test('takes the binary somebody set before any other', async () => {
  binary(join(folder, 'bin', 'temporal'), '2.0.0');
  const explicit = binary(join(folder, 'mine'), '3.0.0');
  const found = await findTemporal({ ...search(), explicit });
  expect(found).toMatchObject({ path: explicit, from: 'LAB_TEMPORAL' });
  expect(found.version).toContain('3.0.0');
});

test('does not quietly take another one when the one somebody set does not run', async () => {
  binary(join(folder, 'bin', 'temporal'), '2.0.0');
  const refused = findTemporal({ ...search(), explicit: join(folder, 'absent') });
  await expect(refused).rejects.toMatchObject({ shape: { code: 'DR_LAB_TEMPORAL_MISSING', field: 'LAB_TEMPORAL' } });
});

test('takes the one on PATH before the cached copy', async () => {
  cachedCopy('1.0.0');
  const path = binary(join(folder, 'bin', 'temporal'), '2.0.0');
  expect(await findTemporal(search())).toMatchObject({ path, from: 'PATH' });
});

test('takes the cached copy when nothing is installed', async () => {
  const path = cachedCopy('1.0.0');
  const found = await findTemporal(search());
  expect(found).toMatchObject({ path, version: 'temporal version 1.0.0' });
  expect(found.from).toContain('a download');
});

test('does not use a cached copy that was cut short', async () => {
  writeFileSync(cachedCopy('1.0.0'), '#!/bin/sh\n');
  await expect(findTemporal(search())).rejects.toMatchObject({ shape: { code: 'DR_LAB_TEMPORAL_MISSING' } });
});

test('names every way it tried when there is none to be had', async () => {
  binary(join(folder, 'bin', 'temporal'), '2.0.0');
  writeFileSync(join(folder, 'bin', 'temporal'), '#!/bin/sh\necho broken >&2; exit 3\n', { mode: 0o755 });
  const failure = await findTemporal(search()).catch((caught: Error) => caught.message);
  expect(failure).toContain(`${join(folder, 'bin', 'temporal')} on PATH: --version ended with 3`);
  expect(failure).toContain(`cached copy in ${join(folder, 'cache', 'temporal')}`);
  expect(existsSync(join(folder, 'cache', 'temporal'))).toBe(false);
});
