import type { LifeboatClient } from '../../client/lifeboat-client.ts';
import { LifeboatError } from '../../domain/errors.ts';
import type { ExecutionRequest } from '../../domain/execution.ts';
import type { Purpose } from '../../domain/mode.ts';
import type { StartStatement } from '../../domain/statement.ts';
import { signStatement } from '../../identity/sign-statement.ts';
import {
  newExecutionId,
  purposeOf,
  type RequestedPlan,
  type RequestOptions,
  requestedPlan,
} from '../execution-request.ts';
import { renderStarted, renderStartQuestion } from '../screens/started.ts';
import type { Session } from '../session.ts';
import { knownPerson } from '../signer.ts';
import { ask } from '../terminal/prompt.ts';
import { canAsk } from '../terminal/terminal.ts';

export interface StartOptions extends RequestOptions {
  readonly purpose?: string;
  readonly reason?: string;
  readonly plan?: string;
  readonly confirm?: string;
  readonly watch?: boolean;
  readonly detach?: boolean;
  /** Drill mode: only what it makes itself, or what is declared safe, is changed. */
  readonly drill?: boolean;
}

/** Starts an execution, signed by whoever asks. A live one is not started unless the service's name was typed. */
export async function start(session: Session, runbook: string, options: StartOptions): Promise<number> {
  const configuration = await session.configuration();
  const purpose = purposeOf(options.purpose);
  const reason = reasonOf(options.reason);
  const planDigest = options.plan === undefined ? null : digestOf(options.plan);
  const asked = requestedPlan(runbook, options, configuration);
  const service = asked.service.name;
  const mode = options.drill === true ? 'drill' : 'live';
  const typed = options.confirm;
  const mustConfirm = mode === 'live' || typed !== undefined;
  if (mustConfirm && (typed !== undefined || !canAsk(session.terminal))) checkConfirmation(service, typed);
  const identity = await session.identity();
  const person = knownPerson(identity, configuration, service);
  const client = await session.client();
  const question = { ...asked, configuration, person: person.id, purpose, reason, planDigest };
  if (mustConfirm && typed === undefined) {
    session.report.message((style) => renderStartQuestion(question, style));
    checkConfirmation(service, await ask(session.terminal, `Type the service's name to start: `));
  }
  const words = requestOf(session, asked, { mode, purpose, reason, planDigest, person: person.id });
  const signed = signStatement({ type: 'start', ...words.statement }, identity.privateKey);
  const started = await client.start({ ...words.request, signed });
  return afterStart(session, client, words.request, started, options);
}

async function afterStart(
  session: Session,
  client: LifeboatClient,
  request: ExecutionRequest,
  started: { readonly workflowId: string; readonly runId: string },
  options: StartOptions,
): Promise<number> {
  const { executionId } = request;
  const configuration = await session.configuration();
  const watches = options.watch ?? (options.detach !== true && session.terminal.out.isTTY === true);
  const data = { executionId, ...started, request };
  if (session.report.json) session.report.line('started', data);
  if (!watches) {
    if (!session.report.json)
      session.report.result('started', data, (style) => renderStarted(request, style, configuration));
    return 0;
  }
  const { followExecution } = await import('../watching/follow-execution.ts');
  return followExecution(session, client, executionId);
}

function reasonOf(text: string | undefined): string {
  const reason = text?.trim() ?? '';
  if (reason !== '') return reason;
  throw new LifeboatError('DR_USAGE', text === undefined ? '--reason is missing' : '--reason is empty', {
    field: '--reason',
    expected: 'why, in your words: it goes on record',
    remedy: '--reason "INC-2211"',
  });
}

/** @throws LifeboatError DR_CONFIRM_MISMATCH */
function checkConfirmation(service: string, typed: string | undefined): void {
  if (typed === service) return;
  const message =
    typed === undefined
      ? `a live start needs the name '${service}' typed, and nobody can be asked here`
      : `'${typed}' is not the service's name: nothing was started`;
  throw new LifeboatError('DR_CONFIRM_MISMATCH', message, {
    field: '--confirm',
    expected: service,
    ...(typed === undefined ? {} : { actual: typed }),
    remedy: `--confirm ${service}`,
  });
}

/** A digest as it was shown; the prefix may be left out. */
function digestOf(text: string): string {
  const digest = text.startsWith('sha256:') ? text : `sha256:${text}`;
  if (/^sha256:[0-9a-f]{64}$/.test(digest)) return digest;
  throw new LifeboatError('DR_USAGE', `--plan '${text}' is not a plan's digest`, {
    field: '--plan',
    expected: 'sha256: and 64 hexadecimal digits, as lifeboat plan prints them',
    actual: text,
  });
}

interface Asker {
  readonly mode: 'drill' | 'live';
  readonly person: string;
  readonly purpose: Purpose;
  readonly reason: string;
  readonly planDigest: string | null;
}

/** The request and the statement that is signed for it: the same words in both. */
function requestOf(session: Session, asked: RequestedPlan, asker: Asker) {
  const { person, mode, purpose, reason, planDigest } = asker;
  const now = session.now();
  const executionId = newExecutionId(asked.runbook, now);
  const { runbook, parameters } = asked;
  const same = {
    executionId,
    runbook,
    service: asked.service.name,
    parameters,
    mode,
    purpose,
    reason,
    planDigest,
  } as const;
  const statement: Omit<StartStatement, 'type'> = { ...same, person, issuedAt: now.toISOString() };
  const request: ExecutionRequest = { ...same, requestedBy: person, requestedAt: now.toISOString(), signed: null };
  return { statement, request };
}
