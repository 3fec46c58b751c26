import type { ExecutionSnapshot } from '../../domain/execution.ts';
import { newExecutionId, type RequestOptions, requestedPlan, requestWords } from '../execution-request.ts';
import { renderPlan } from '../screens/plan.ts';
import { isRehearsal, kindOf } from '../screens/plan-kind.ts';
import type { Session } from '../session.ts';
import { ownerOf } from '../signer.ts';
import type { Offer } from '../terminal/next-command.ts';
import { verdictOf } from '../verdict.ts';

export interface PlanOptions extends RequestOptions {
  readonly purpose?: string;
  readonly reason?: string;
}

/** Dry run: reads live state, changes nothing. Exits 0 when ready, 5 when blocked. */
export async function plan(session: Session, runbook: string, options: PlanOptions): Promise<number> {
  const configuration = await session.configuration();
  const asked = requestedPlan(runbook, options, configuration);
  const client = await session.client();
  // A dry run needs no key: whoever may read may plan.
  const identity = await session.identity().catch(() => null);
  const owner = identity && ownerOf(identity, configuration, asked.service.name);
  const snapshot = await client.dryRun({
    executionId: newExecutionId(runbook, session.now()),
    runbook,
    service: asked.service.name,
    parameters: asked.parameters,
    mode: 'dry_run',
    purpose: 'incident',
    reason: options.reason ?? 'dry run',
    requestedBy: owner?.id ?? 'unknown',
    requestedAt: session.now().toISOString(),
    planDigest: null,
    signed: null,
  });
  const next = nextOf(snapshot, requestWords('start', asked), requestWords('plan', asked), options);
  const verdict = snapshot.outcome ?? snapshot.state;
  const words = next.map((offer) => ['lifeboat', ...offer.words]);
  session.report.result('plan', { verdict, next: words, snapshot }, (style) =>
    renderPlan(snapshot, style, { configuration, next }),
  );
  return verdictOf(snapshot);
}

function nextOf(
  snapshot: ExecutionSnapshot,
  start: readonly string[],
  again: readonly string[],
  options: PlanOptions,
): readonly Offer[] {
  const { plan } = snapshot;
  if (snapshot.outcome !== 'ready' || plan === null) return [{ words: again, says: 'when that is mended' }];
  if (kindOf(plan) === 'look')
    return [{ words: ['posture', '--service', plan.service], says: 'the same, worst first' }];
  const mode = isRehearsal(plan) ? ['--drill'] : [];
  const usual = isRehearsal(plan) ? 'exercise' : kindOf(plan) === 'copy' ? 'maintenance' : 'incident';
  const purpose = options.purpose ?? usual;
  const reason = options.reason ?? (purpose === 'incident' ? 'INC-…' : 'why, in your words');
  return [{ words: [...start, ...mode, '--purpose', purpose, '--reason', reason, '--plan', plan.digest] }];
}
