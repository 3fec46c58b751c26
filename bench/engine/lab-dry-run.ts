import { randomUUID } from 'node:crypto';
import { connectLifeboat } from '../../client/connect.ts';
import type { LifeboatClient } from '../../client/lifeboat-client.ts';
import { loadConfiguration } from '../../configuration/load-configuration.ts';
import type { ExecutionSnapshot } from '../../domain/execution.ts';
import { executionIdOf } from '../../domain/ids.ts';
import { type LabHandle, startLab } from '../../lab/lab-handle.ts';
import { PROTECTED, RECOVERY } from '../../lab/topology.ts';

const RUNBOOK = 'region-failover';
const NOTICED_WITHIN_MS = 60_000;

export interface DryRunTimes {
  readonly outcome: string;
  readonly steps: number;
  /** From the start call to the result, as whoever asked waits for it. */
  readonly seconds: readonly number[];
  /** The steps of the median run that took longest. */
  readonly slowest: readonly string[];
}

/** The whole dry run of region failover in a real lab: while nothing is wrong, and while the protected region is gone. */
export async function labDryRuns(runs: number): Promise<{ readonly healthy: DryRunTimes; readonly lost: DryRunTimes }> {
  const lab = await startLab();
  try {
    const { files } = await lab.status();
    const client = await connectLifeboat(await loadConfiguration(files.configuration));
    try {
      await dryRun(client);
      const healthy = await timed(client, runs);
      await lose(lab, client);
      return { healthy, lost: await timed(client, runs) };
    } finally {
      await client.close();
    }
  } finally {
    await lab.down();
  }
}

/** Until Lifeboat itself believes it: before that a dry run says that nothing is wrong. */
async function lose(lab: LabHandle, client: LifeboatClient): Promise<void> {
  await lab.fault({ kind: 'lose', region: PROTECTED, as: 'black-hole' });
  const deadline = Date.now() + NOTICED_WITHIN_MS;
  for (;;) {
    const { outcome, steps } = await dryRun(client);
    if (outcome === 'ready') return;
    if (Date.now() < deadline) continue;
    const blocking = steps.filter(({ state }) => state === 'blocked').map(({ id, because }) => `${id}: ${because}`);
    throw new Error(`the dry run is still ${outcome} ${NOTICED_WITHIN_MS} ms after the loss: ${blocking.join('; ')}`);
  }
}

async function timed(client: LifeboatClient, runs: number): Promise<DryRunTimes> {
  const results: { readonly seconds: number; readonly snapshot: ExecutionSnapshot }[] = [];
  for (let run = 0; run < runs; run += 1) {
    const begun = performance.now();
    const snapshot = await dryRun(client);
    results.push({ seconds: (performance.now() - begun) / 1_000, snapshot });
  }
  const middle = [...results].sort((a, b) => a.seconds - b.seconds)[Math.floor(runs / 2)]!.snapshot;
  const took = middle.steps
    .filter(({ startedAt, endedAt }) => startedAt !== null && endedAt !== null)
    .map(({ id, startedAt, endedAt }) => ({ id, ms: Date.parse(endedAt!) - Date.parse(startedAt!) }))
    .sort((a, b) => b.ms - a.ms);
  return {
    outcome: middle.outcome ?? 'not ended',
    steps: middle.steps.length,
    seconds: results.map(({ seconds }) => seconds),
    slowest: took.slice(0, 3).map(({ id, ms }) => `${id} ${(ms / 1_000).toFixed(2)} s`),
  };
}

function dryRun(client: LifeboatClient): Promise<ExecutionSnapshot> {
  const at = new Date();
  return client.dryRun({
    executionId: executionIdOf(RUNBOOK, at, randomUUID().slice(0, 8)),
    runbook: RUNBOOK,
    service: 'booking',
    parameters: { to: RECOVERY },
    mode: 'dry_run',
    purpose: 'exercise',
    reason: 'the bench',
    requestedBy: 'oncall-1',
    requestedAt: at.toISOString(),
    planDigest: null,
    signed: null,
  });
}
