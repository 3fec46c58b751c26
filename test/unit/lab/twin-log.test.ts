import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readTwinLog } from '../../../lab/demo/twin-log.ts';
import { temporaryFolder } from '../configuration/valid-configuration.ts';

test('gives every whole line, and leaves out the one that is being written', async () => {
  const path = join(await temporaryFolder(), 'calls.jsonl');
  writeFileSync(path, '{"operation":"one"}\n{"operation":"two"}\n{"opera');
  expect(readTwinLog(path).map(({ operation }) => operation)).toEqual(['one', 'two']);
});
