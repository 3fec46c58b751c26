import { LifeboatError } from '../../domain/errors.ts';
import type { ExecutionSnapshot, GateRecord } from '../../domain/execution.ts';
import type { GateStatement } from '../../domain/statement.ts';
import { signStatement } from '../../identity/sign-statement.ts';
import { aboutExecution } from '../about-execution.ts';
import { sendSigned } from '../recorded-refusal.ts';
import { renderGate } from '../screens/gate.ts';
import { renderReceipt } from '../screens/receipt.ts';
import type { Session } from '../session.ts';
import { checkShownDigests } from '../shown-digests.ts';
import { expiryOf, signingPerson } from '../signing.ts';
import { ask } from '../terminal/prompt.ts';
import { canAsk } from '../terminal/terminal.ts';
import { viewForCommand } from '../view-for-command.ts';

export interface DecideOptions {
  readonly gate?: string;
  readonly accept?: readonly string[];
  readonly reason?: string;
  readonly yes?: boolean;
  readonly as?: string;
}

/**
 * Signs a gate's decision over exactly what was shown, and sends it. What the execution must refuse, it refuses itself,
 * so that the refusal is recorded: nothing of that is judged here.
 */
export async function decide(
  session: Session,
  decision: 'approve' | 'deny',
  executionId: string,
  options: DecideOptions,
): Promise<number> {
  aboutExecution(session, executionId);
  const configuration = await session.configuration();
  const identity = await session.identity();
  const client = await session.client();
  const { snapshot } = await viewForCommand(session, client, executionId);
  const gate = gateOf(snapshot, options.gate);
  const person = signingPerson(identity, configuration, snapshot, options.as);
  checkShownDigests(snapshot, gate);
  const now = session.now();
  session.report.message((style) => renderGate(snapshot, gate, now, style, { configuration, decision, person }));
  const accepts = await agreed(session, decision, gate, options);
  const statement: GateStatement = {
    type: decision,
    person,
    executionId,
    gateId: gate.id,
    planDigest: snapshot.plan?.digest ?? 'none',
    factsDigest: gate.factsDigest ?? 'none',
    bounds: boundsSigned(snapshot, gate),
    accepts,
    reason: options.reason ?? '',
    issuedAt: now.toISOString(),
    expiresAt: expiryOf(session.now()),
  };
  const signed = signStatement(statement, identity.privateKey);
  const receipt = await sendSigned(session, client, executionId, decision, () =>
    decision === 'approve' ? client.approve(executionId, gate.id, signed) : client.deny(executionId, gate.id, signed),
  );
  session.report.result('receipt', { command: decision, executionId, gate: gate.id, person, ...receipt }, (style) =>
    renderReceipt(receipt, executionId, style),
  );
  return 0;
}

/** The bounds as they read, in plan order. */
function boundsSigned(snapshot: ExecutionSnapshot, gate: GateRecord): readonly string[] {
  if (gate.bounds.length > 0) return gate.bounds.map((bound) => `${bound.id}: ${bound.says}`);
  const node = snapshot.plan?.nodes.find((candidate) => candidate.id === gate.id);
  return node?.kind === 'gate' ? node.bounds.map((bound) => `${bound.id}: ${bound.says}`) : [];
}

/** The gate named, or the only open one. */
function gateOf(snapshot: ExecutionSnapshot, named: string | undefined): GateRecord {
  const open = snapshot.gates.filter((gate) => gate.state === 'open');
  const gate =
    named === undefined ? (open.length === 1 ? open[0] : undefined) : snapshot.gates.find(({ id }) => id === named);
  if (gate) return gate;
  const message =
    named !== undefined
      ? `${snapshot.request.executionId} has no gate '${named}'`
      : `${open.length === 0 ? 'no gate is' : `${open.length} gates are`} open: say which one`;
  throw new LifeboatError('DR_GATE_UNKNOWN', message, {
    field: '--gate',
    expected: snapshot.gates.map(({ id }) => id),
    ...(named === undefined ? {} : { actual: named }),
    remedy: `lifeboat status ${snapshot.request.executionId}`,
  });
}

/**
 * Whether the person means it, and which unknown values they accept by name.
 * @throws LifeboatError DR_DECLINED, DR_USAGE when nobody can be asked
 */
async function agreed(
  session: Session,
  decision: 'approve' | 'deny',
  gate: GateRecord,
  options: DecideOptions,
): Promise<readonly string[]> {
  const accepts = [...(options.accept ?? [])];
  if (options.yes === true || gate.state !== 'open') return accepts;
  if (!canAsk(session.terminal)) {
    throw new LifeboatError('DR_USAGE', `nobody can be asked here whether to ${decision}`, {
      field: '--yes',
      expected: '--yes, by somebody who has read the gate',
      remedy: `lifeboat ${decision} … --yes`,
    });
  }
  const unknown = decision === 'deny' ? [] : gate.bounds.filter((bound) => bound.verdict === 'unknown');
  for (const bound of unknown.filter(({ id }) => !accepts.includes(id))) {
    const typed = await ask(session.terminal, `${bound.id} is unknown. To accept not knowing, type ${bound.id}: `);
    if (typed !== bound.id) throw declined(`${bound.id} was not accepted, so nothing was signed`);
    accepts.push(bound.id);
  }
  const typed = await ask(session.terminal, `Type ${decision} to sign and send: `);
  if (typed !== decision) throw declined('nothing was signed and nothing was sent');
  return accepts;
}

const declined = (message: string): LifeboatError => new LifeboatError('DR_DECLINED', message, { remedy: '' });
