import type { LifeboatClient } from '../../client/lifeboat-client.ts';
import { ERRORS, LifeboatError } from '../../domain/errors.ts';
import type { Configuration } from '../../domain/service.ts';
import { newExecutionId, requestedPlan } from '../execution-request.ts';
import { readPosture } from '../posture-reading.ts';
import { type PostureView, renderPostures } from '../screens/posture.ts';
import { serviceNamed } from '../service-named.ts';
import type { Session } from '../session.ts';
import { ownerOf } from '../signer.ts';

export interface PostureOptions {
  readonly service?: string;
}

const RUNBOOK = 'posture';

/**
 * Looks whether a recovery would work tonight: one service, or every one of the configuration. Exits 0 when all is fine, and as
 * `DR_POSTURE` says when anything is not, or is not known.
 */
export async function posture(session: Session, options: PostureOptions): Promise<number> {
  const configuration = await session.configuration();
  const names =
    options.service === undefined
      ? Object.keys(configuration.services)
      : [serviceNamed(configuration, options.service).name];
  const client = await session.client();
  const views = await Promise.all(names.map((name) => lookedAt(session, client, configuration, name)));
  const allFine = views.every(({ reading }) => reading.word === 'ready');
  const exitCode = allFine ? 0 : ERRORS.DR_POSTURE.exitCode;
  if (session.report.json) for (const view of views) session.report.line('posture', fields(view, exitCode));
  else session.report.result('posture', {}, (style) => renderPostures(views, style));
  return exitCode;
}

const fields = ({ service, executionId, reading }: PostureView, exitCode: number) => ({
  service: service.name,
  executionId,
  verdict: reading.word,
  exitCode,
  findings: reading.findings,
});

/** It only looks, so a dry run is the whole of it; and whoever may read may look, key or not. */
async function lookedAt(
  session: Session,
  client: LifeboatClient,
  configuration: Configuration,
  name: string,
): Promise<PostureView> {
  const { service, parameters } = requestedPlan(RUNBOOK, { service: name }, configuration);
  const identity = await session.identity().catch(() => null);
  const owner = identity && ownerOf(identity, configuration, name);
  const executionId = newExecutionId(RUNBOOK, session.now());
  const snapshot = await client.dryRun({
    executionId,
    runbook: RUNBOOK,
    service: name,
    parameters,
    mode: 'dry_run',
    purpose: 'maintenance',
    reason: 'posture',
    requestedBy: owner?.id ?? 'unknown',
    requestedAt: session.now().toISOString(),
    planDigest: null,
    signed: null,
  });
  if (snapshot.plan === null && snapshot.error) throw LifeboatError.of(snapshot.error);
  return { service, executionId, reading: readPosture(snapshot) };
}
