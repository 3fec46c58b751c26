import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfiguration } from '../../../configuration/load-configuration.ts';
import { labConfiguration } from '../../../lab/supervisor/configuration-file.ts';
import { folders, makeFolders } from '../../../lab/supervisor/folders.ts';
import { makeLedgerKey, makePeople } from '../../../lab/supervisor/people.ts';
import { writeConfiguration, writeCredentials } from '../../../lab/supervisor/write-files.ts';
import { endpoints, LAB_DURATIONS } from '../../../lab/topology.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lab-configuration-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test('writes a configuration that Lifeboat accepts as it stands', async () => {
  const at = folders(dir);
  makeFolders(at);
  makeLedgerKey(at);
  const written = labConfiguration({
    at,
    endpoints: endpoints(20_000),
    people: makePeople(at),
    durations: LAB_DURATIONS,
    recoveryStack: { binary: '/usr/bin/tofu', folder: '/srv/recovery-stack', variables: { region: 'eu-west-3' } },
  });
  writeConfiguration(at, written);
  expect(await loadConfiguration(at.configuration)).toEqual(written);
});

test('gives the two principals of Lifeboat different access keys, each named like its profile', () => {
  const at = folders(dir);
  makeFolders(at);
  writeCredentials(at);
  const ids = [...readFileSync(at.credentials, 'utf8').matchAll(/^\[(.+)\]\naws_access_key_id = (.+)$/gm)];
  expect(ids.map(([, profile, id]) => [profile, id])).toEqual([
    ['lifeboat-plan', 'lifeboat-plan'],
    ['lifeboat-execute', 'lifeboat-execute'],
  ]);
});
