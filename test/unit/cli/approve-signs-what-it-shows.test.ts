import { beforeEach, describe, expect, it } from 'vitest';
import { LifeboatError } from '../../../domain/errors.ts';
import type { GateStatement, SignedStatement, StepStatement } from '../../../domain/statement.ts';
import { verifyStatement } from '../../../identity/verify-statement.ts';
import { call, household } from './command-line.ts';
import { ScriptedClient } from './scripted-client.ts';
import * as story from './story.ts';

let home: Awaited<ReturnType<typeof household>>;
beforeEach(async () => {
  home = await household();
});
const unsigned = (signed: SignedStatement) => JSON.parse(Buffer.from(signed.payload, 'base64').toString('utf8'));
const people = () => home.people as Parameters<typeof verifyStatement>[1];

describe('approve', () => {
  const APPROVE = ['approve', story.EXECUTION, '--gate', 'approve-promotion'];

  it('signs exactly what the gate showed: plan, facts, bounds, and what is accepted by name', async () => {
    const client = new ScriptedClient(story.viewOf(story.atTheGate));
    const now = new Date(story.at('03:17:50.000'));
    const words = [...APPROVE, ...home.as(home.approver), '--accept', 'loss', '--reason', 'go', '--yes'];
    const ran = await call(words, { client, now: () => now });
    expect(ran.exitCode).toBe(0);
    const [, executionId, gateId, signed] = client.sent[0] as [string, string, string, SignedStatement];
    expect([executionId, gateId]).toEqual([story.EXECUTION, 'approve-promotion']);
    expect(verifyStatement(signed, people()).statement).toEqual({
      type: 'approve',
      person: 'approver-2',
      executionId: story.EXECUTION,
      gateId: 'approve-promotion',
      planDigest: story.plan.digest,
      factsDigest: story.openGate.factsDigest!,
      bounds: [
        'loss: data loss at most 60 s',
        'standby: the standby in eu-west-3 can be promoted',
        'vantages: every vantage sees the outage',
      ],
      accepts: ['loss'],
      reason: 'go',
      issuedAt: now.toISOString(),
      expiresAt: '2026-11-21T03:32:50.000Z',
    } satisfies GateStatement);
    expect(ran.out).toContain('in the ledger as entry 000000000319');
  });

  it('finds the only open gate when none is named', async () => {
    const client = new ScriptedClient(story.viewOf(story.atTheGate));
    await call(['approve', story.EXECUTION, ...home.as(home.approver), '--yes'], { client });
    expect(client.sent[0]![2]).toBe('approve-promotion');
  });

  it('on a terminal shows the gate first and has unknown values accepted by name', async () => {
    const client = new ScriptedClient(story.viewOf(story.atTheGate));
    const ran = await call([...APPROVE, ...home.as(home.approver)], { client, typed: ['loss', 'approve'] });
    expect(ran.exitCode).toBe(0);
    expect(ran.err.indexOf('cannot be taken back: promote-database')).toBeLessThan(ran.err.indexOf('type loss'));
    expect(unsigned(client.sent[0]![3] as SignedStatement).accepts).toEqual(['loss']);
  });

  it.each([[['yes']], [['loss', 'no']], [[]]])('sends nothing when %j is typed', async (typed) => {
    const client = new ScriptedClient(story.viewOf(story.atTheGate));
    const ran = await call([...APPROVE, ...home.as(home.approver)], { client, typed });
    expect(ran.exitCode).toBe(3);
    expect(client.sent).toEqual([]);
  });

  it('asks nobody where nobody is, and sends nothing without --yes', async () => {
    const client = new ScriptedClient(story.viewOf(story.atTheGate));
    const ran = await call([...APPROVE, ...home.as(home.approver), '--json'], { client });
    expect(ran.exitCode).toBe(2);
    expect(ran.lines[0]).toMatchObject({ error: { code: 'DR_USAGE', field: '--yes' } });
    expect(client.sent).toEqual([]);
  });

  it('sends the asker’s own approval too: the execution refuses and records it, and the entry is named', async () => {
    const client = new ScriptedClient(story.viewOf(story.atTheGate));
    client.refusal = LifeboatError.of(story.atTheGate.refusals[0]!.error);
    const ran = await call([...APPROVE, ...home.as(home.oncall), '--yes'], { client });
    expect(client.sent.length).toBe(1);
    expect(ran.exitCode).toBe(5);
    expect(ran.err).toContain('DR_APPROVAL_OWN_REQUEST');
    expect(ran.err).toContain('in the ledger as entry 000000000318');
  });

  it.each([
    ['unknown', []],
    ['approver-2', ['--as', 'approver-2']],
  ])('sends a stranger’s signature as %s, for the execution to refuse', async (person, words) => {
    const client = new ScriptedClient(story.viewOf(story.atTheGate));
    await call([...APPROVE, ...home.as(home.stranger), ...words, '--yes'], { client });
    const signed = client.sent[0]![3] as SignedStatement;
    expect(unsigned(signed).person).toBe(person);
    expect(() => verifyStatement(signed, people())).toThrow('belongs to nobody');
  });

  it('signs nothing when the facts shown are not those of the digest', async () => {
    const facts = { ...story.openGate.facts, 'read-lag': { lagSeconds: 0.1 } };
    const client = new ScriptedClient(story.viewOf({ ...story.atTheGate, gates: [{ ...story.openGate, facts }] }));
    const ran = await call([...APPROVE, ...home.as(home.approver), '--yes'], { client });
    expect(ran.err).toContain('DR_APPROVAL_OTHER_FACTS');
    expect(client.sent).toEqual([]);
  });

  it('signs nothing when the plan shown is not that of the digest', async () => {
    const plan = { ...story.plan, objectives: { rtoSeconds: 1, rpoSeconds: 1 } };
    const client = new ScriptedClient(story.viewOf({ ...story.atTheGate, plan }));
    const ran = await call([...APPROVE, ...home.as(home.approver), '--yes'], { client });
    expect(ran.err).toContain('DR_APPROVAL_OTHER_PLAN');
    expect(client.sent).toEqual([]);
  });

  it('names the gates there are when there is no such gate', async () => {
    const client = new ScriptedClient(story.viewOf(story.atTheGate));
    const ran = await call(['approve', story.EXECUTION, '--gate', 'nope', ...home.as(home.approver), '--json'], {
      client,
    });
    expect(ran.exitCode).toBe(2);
    expect(ran.lines[0]).toMatchObject({ error: { code: 'DR_GATE_UNKNOWN', expected: ['approve-promotion'] } });
  });

  it('deny signs a denial', async () => {
    const client = new ScriptedClient(story.viewOf(story.atTheGate));
    await call(['deny', story.EXECUTION, ...home.as(home.approver), '--yes', '--reason', 'it is back'], { client });
    expect(client.sent[0]![0]).toBe('deny');
    expect(unsigned(client.sent[0]![3] as SignedStatement)).toMatchObject({ type: 'deny', reason: 'it is back' });
  });
});

describe('steering', () => {
  it.each([
    ['pause', ['pause', story.EXECUTION], ['pause', story.EXECUTION, 'oncall-1', '']],
    ['resume', ['resume', story.EXECUTION], ['resume', story.EXECUTION, 'oncall-1', '']],
    [
      'retry',
      ['retry', story.EXECUTION, 'promote-database', '--reason', 'mended'],
      ['retry', story.EXECUTION, 'promote-database', 'oncall-1', 'mended'],
    ],
  ])('%s names the person whose key it is', async (_, words, sent) => {
    const client = new ScriptedClient(story.viewOf(story.promotionFailed));
    const ran = await call([...words, ...home.as(home.oncall)], { client });
    expect(ran.exitCode).toBe(0);
    expect(client.sent).toEqual([sent]);
  });

  it('is refused here to a stranger, because it carries no signature to refuse elsewhere', async () => {
    const client = new ScriptedClient(story.viewOf(story.promotionFailed));
    const ran = await call(['pause', story.EXECUTION, ...home.as(home.stranger)], { client });
    expect(ran.exitCode).toBe(4);
    expect(client.sent).toEqual([]);
  });

  it.each([
    ['skip', ['skip', story.EXECUTION, 'promote-database'], 'promote-database'],
    ['abort', ['abort', story.EXECUTION], null],
  ])('%s is signed, with the plan it is about', async (type, words, stepId) => {
    const client = new ScriptedClient(story.viewOf(story.promotionFailed));
    await call([...words, ...home.as(home.approver), '--reason', 'enough'], { client });
    const signed = client.sent[0]!.at(-1) as SignedStatement;
    expect(verifyStatement(signed, people()).statement as StepStatement).toMatchObject({
      type,
      stepId,
      executionId: story.EXECUTION,
      planDigest: story.plan.digest,
      reason: 'enough',
    });
  });

  it('on a terminal says what an abort means, and sends nothing unless the word is typed', async () => {
    const client = new ScriptedClient(story.viewOf(story.promoting));
    const ran = await call(['abort', story.EXECUTION, ...home.as(home.oncall)], { client, typed: ['y'] });
    expect(ran.err).toContain('past the point of no return (promote-database): nothing is undone');
    expect(ran.exitCode).toBe(3);
    expect(client.sent).toEqual([]);
  });

  it('names the steps there are when there is no such step', async () => {
    const client = new ScriptedClient(story.viewOf(story.promotionFailed));
    const ran = await call(['skip', story.EXECUTION, 'nope', ...home.as(home.oncall), '--json'], { client });
    expect(ran.exitCode).toBe(2);
    expect(ran.lines[0]).toMatchObject({ error: { code: 'DR_STEP_UNKNOWN' } });
  });
});
