import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { expect, it } from 'vitest';

const HISTORIES = join(import.meta.dirname, 'histories');
const BUNDLE = join(import.meta.dirname, '..', '..', 'dist', 'workflow-bundle.js');

Runtime.install({ logger: new DefaultLogger('ERROR') });

/**
 * A history that no longer replays means that the engine now takes other steps than it did. Executions stay on the build
 * they began on, so that is allowed when it is meant: record anew, see `test/engine/replay-own-history.test.ts`.
 */
it('replays every committed history on the bundle as it is built now', async () => {
  const workflowBundle = { code: await readFile(BUNDLE, 'utf8') };
  const names = (await readdir(HISTORIES)).filter((name) => name.endsWith('.json'));
  expect(names).toContain('region-failover-1-approved.json');
  const histories = await Promise.all(
    names.map(async (name) => ({
      workflowId: name,
      history: JSON.parse(await readFile(join(HISTORIES, name), 'utf8')) as { events: { eventType: string }[] },
    })),
  );
  // Of a history that is not closed, the replay would pass over its last failure in silence.
  expect(histories.map(({ history }) => history.events.at(-1)!.eventType)).toEqual(
    names.map(() => 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED'),
  );
  const replayed: string[] = [];
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle }, histories)) {
    expect(error).toBeUndefined();
    replayed.push(workflowId);
  }
  expect(replayed).toHaveLength(names.length);
});
