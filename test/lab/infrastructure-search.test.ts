import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findOpenTofu } from '../../lab/parts/opentofu.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'find-tofu-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program that answers `version`. */
function binary(path: string, says: string): string {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho "${says}"\n`, { mode: 0o755 });
  return path;
}
const search = () => ({ cacheDir: join(folder, 'cache'), searchPath: join(folder, 'bin') });

test('takes the binary somebody set before any other, and no other when that one does not run', async () => {
  binary(join(folder, 'bin', 'tofu'), 'OpenTofu v1.0.0');
  const explicit = binary(join(folder, 'mine'), 'Terraform v9.0.0');
  expect(await findOpenTofu({ ...search(), explicit })).toEqual({
    ...{ path: explicit, version: 'Terraform v9.0.0', from: 'LIFEBOAT_TOFU' },
  });
  await expect(findOpenTofu({ ...search(), explicit: join(folder, 'absent') })).rejects.toMatchObject({
    shape: { code: 'DR_LAB_TOFU_MISSING', field: 'LIFEBOAT_TOFU' },
  });
});

test('takes what was built before what is on PATH, but not a build that was cut short', async () => {
  const onPath = binary(join(folder, 'bin', 'terraform'), 'Terraform v1.11.4');
  const built = binary(join(folder, 'cache', 'opentofu', 'tofu'), 'OpenTofu v1.10.10');
  const record = { version: 'OpenTofu v1.10.10', size: readFileSync(built).length };
  writeFileSync(`${built}.json`, JSON.stringify(record));
  expect((await findOpenTofu(search())).path).toBe(built);
  writeFileSync(built, 'half');
  expect((await findOpenTofu(search())).path).toBe(onPath);
});

test('takes OpenTofu before Terraform, and nothing else when only OpenTofu will do', async () => {
  binary(join(folder, 'bin', 'terraform'), 'Terraform v1.11.4');
  await expect(findOpenTofu({ ...search(), onlyOpenTofu: true })).rejects.toMatchObject({
    shape: { code: 'DR_LAB_TOFU_MISSING', actual: expect.arrayContaining(['tofu on PATH: not there']) },
  });
  const tofu = binary(join(folder, 'bin', 'tofu'), 'OpenTofu v1.10.10');
  expect((await findOpenTofu(search())).path).toBe(tofu);
});

test('never builds unless asked to', async () => {
  await expect(findOpenTofu(search())).rejects.toMatchObject({
    shape: { actual: expect.arrayContaining(['a build with Go: not asked for']) },
  });
});
