import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { expect, it } from 'vitest';
import { EngineRig, refusal } from './engine-rig.ts';
import { testRunbook } from './test-runbook.ts';
import { implementations, TestWorld } from './test-world.ts';

const BUNDLE = join(import.meta.dirname, '..', '..', 'dist', 'workflow-bundle.js');
const HISTORIES = join(import.meta.dirname, '..', 'replay', 'histories');

/**
 * With RECORD_HISTORY set the history is kept as the one that `test/replay` holds later builds to:
 * `RECORD_HISTORY=1 npx vitest run --project engine test/engine/replay-own-history.test.ts`
 */
it('replays the history of an execution that was refused, approved and retried on the build that made it', async () => {
  const world = new TestWorld();
  world.broken.add('promoted');
  const rig = await EngineRig.start(testRunbook, implementations(world));
  const running = await rig.begin(rig.request('live'));
  expect(await refusal(running.approve('asker'))).toMatchObject({ code: 'DR_APPROVAL_OWN_REQUEST' });
  await running.approve('second');
  await running.until('a failed step', (snapshot) => snapshot.state === 'step_failed');
  world.broken.clear();
  await running.steer('retry', 'promote');
  expect((await running.result()).outcome).toBe('succeeded');

  const history = await running.handle.fetchHistory();
  const workflowBundle = { code: await readFile(BUNDLE, 'utf8') };
  await Worker.runReplayHistory({ workflowBundle }, history, running.handle.workflowId);

  if (process.env['RECORD_HISTORY']) {
    await mkdir(HISTORIES, { recursive: true });
    await writeFile(join(HISTORIES, 'region-failover-1-approved.json'), historyToJSON(history));
  }
});
