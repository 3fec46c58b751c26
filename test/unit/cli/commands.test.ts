import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { LifeboatError } from '../../../domain/errors.ts';
import type { ExecutionRequest, ExecutionSnapshot } from '../../../domain/execution.ts';
import type { GateStatement, SignedStatement, StartStatement, StepStatement } from '../../../domain/statement.ts';
import { verifyStatement } from '../../../identity/verify-statement.ts';
import { call, household } from './command-line.ts';
import { ScriptedClient } from './scripted-client.ts';
import * as story from './story.ts';

let home: Awaited<ReturnType<typeof household>>;
beforeEach(async () => {
  home = await household();
});

const START = [
  'start',
  'region-failover',
  '--service',
  'booking',
  '--to',
  'eu-west-3',
  '--purpose',
  'incident',
  '--reason',
  'INC-2211',
];
const unsigned = (signed: SignedStatement) => JSON.parse(Buffer.from(signed.payload, 'base64').toString('utf8'));
const people = () => home.people as Parameters<typeof verifyStatement>[1];

describe('plan', () => {
  const PLAN = ['plan', 'region-failover', '--service', 'booking', '--to', 'eu-west-3'];

  it.each([
    ['ready', story.ready, 0],
    ['blocked', story.blocked, 5],
  ] as const)('ends %s with its exit code', async (verdict, snapshot, exitCode) => {
    const client = new ScriptedClient();
    client.dryRunAnswer = snapshot;
    const ran = await call([...PLAN, ...home.as(home.oncall), '--json'], { client });
    expect(ran.exitCode).toBe(exitCode);
    expect(ran.lines[0]).toMatchObject({ lifeboat: 1, type: 'plan', verdict });
  });

  it('needs no key, and asks for a dry run only', async () => {
    const client = new ScriptedClient();
    client.dryRunAnswer = story.ready;
    const ran = await call([...PLAN, '--config', home.config], {
      client,
      environment: { XDG_CONFIG_HOME: home.folder },
    });
    expect(ran.exitCode).toBe(0);
    expect(client.sent.map(([name]) => name)).toEqual(['dryRun']);
    expect(client.sent[0]![1]).toMatchObject({ mode: 'dry_run', signed: null, parameters: { to: 'eu-west-3' } });
  });

  it('is what start --dry-run does', async () => {
    const client = new ScriptedClient();
    client.dryRunAnswer = story.ready;
    await call([...START, '--dry-run', '--config', home.config], { client });
    expect(client.sent.map(([name]) => name)).toEqual(['dryRun']);
  });

  it('offers a start with the options it was called with', async () => {
    const client = new ScriptedClient();
    client.dryRunAnswer = story.ready;
    const ran = await call([...PLAN, '--config', home.config], { client });
    const offered = ran.out.slice(ran.out.indexOf('next'));
    expect(offered).toContain(`--plan ${story.plan.digest}`);
    expect(offered).toContain(`--config ${home.config}`);
  });

  it.each([
    [
      'an unknown runbook',
      ['plan', 'region-failove', '--service', 'booking', '--to', 'eu-west-3'],
      'DR_RUNBOOK_UNKNOWN',
    ],
    [
      'an unknown service',
      ['plan', 'region-failover', '--service', 'bokking', '--to', 'eu-west-3'],
      'DR_SERVICE_UNKNOWN',
    ],
    ['an unknown region', ['plan', 'region-failover', '--service', 'booking', '--to', 'mars-1'], 'DR_REGION_UNKNOWN'],
    ['a missing parameter', ['plan', 'region-failover', '--service', 'booking'], 'DR_PARAMETER_INVALID'],
    ['an unknown parameter', [...PLAN, '--param', 'speed=9'], 'DR_PARAMETER_INVALID'],
    ['a parameter without a value', [...PLAN, '--param', 'speed'], 'DR_USAGE'],
  ])('refuses %s with exit code 2 before anybody hears of it', async (_, words, code) => {
    const client = new ScriptedClient();
    const ran = await call([...words, '--config', home.config, '--json'], { client });
    expect(ran.exitCode).toBe(2);
    expect(ran.lines[0]).toMatchObject({ type: 'error', error: { code } });
    expect(client.sent).toEqual([]);
  });
});

describe('start', () => {
  it('signs what it asks for, the plan it was shown included', async () => {
    const client = new ScriptedClient();
    const words = [...START, ...home.as(home.oncall), '--confirm', 'booking', '--detach', '--plan', story.plan.digest];
    const ran = await call(words, { client });
    expect(ran.exitCode).toBe(0);
    const request = client.sent[0]![1] as ExecutionRequest;
    const { person, statement } = verifyStatement(request.signed!, people());
    expect(person.id).toBe('oncall-1');
    const { signed: _, requestedBy, requestedAt: __, ...asked } = request;
    expect(requestedBy).toBe('oncall-1');
    expect(statement).toMatchObject({ type: 'start', person: 'oncall-1', ...asked } satisfies Partial<StartStatement>);
    expect(request.executionId).toMatch(/^fo-\d{8}-\d{4}-[a-z0-9]{4}$/);
    expect(request.planDigest).toBe(story.plan.digest);
    expect(ran.out).toContain(`lifeboat watch ${request.executionId}`);
  });

  it.each([
    ['another name', ['--confirm', 'bokking']],
    ['no name, and nobody to ask', []],
  ])('starts nothing when confirmed with %s, and ends with 3', async (_, confirm) => {
    const client = new ScriptedClient();
    const ran = await call([...START, ...home.as(home.oncall), ...confirm, '--json'], { client });
    expect(ran.exitCode).toBe(3);
    expect(ran.lines[0]).toMatchObject({ error: { code: 'DR_CONFIRM_MISMATCH', expected: 'booking' } });
    expect(client.sent).toEqual([]);
  });

  it('on a terminal shows what is about to start and wants the service’s name typed', async () => {
    const client = new ScriptedClient();
    const ran = await call([...START, ...home.as(home.oncall), '--detach'], { client, typed: ['booking'] });
    expect(ran.exitCode).toBe(0);
    expect(ran.err).toContain('eu-west-1 → eu-west-3');
    expect(ran.err.indexOf('INC-2211')).toBeLessThan(ran.err.indexOf('Type the service'));
    expect(client.sent.length).toBe(1);
  });

  it.each([['yes'], ['']])('starts nothing when %j is typed instead', async (answer) => {
    const client = new ScriptedClient();
    const ran = await call([...START, ...home.as(home.oncall)], { client, typed: [answer] });
    expect(ran.exitCode).toBe(3);
    expect(client.sent).toEqual([]);
  });

  it('starts nothing when the prompt is left with Ctrl-D', async () => {
    const client = new ScriptedClient();
    const ran = await call([...START, ...home.as(home.oncall)], { client, typed: [] });
    expect(ran.exitCode).toBe(3);
    expect(client.sent).toEqual([]);
  });

  it('refuses a key that is nobody’s with exit code 4', async () => {
    const client = new ScriptedClient();
    const ran = await call([...START, ...home.as(home.stranger), '--confirm', 'booking'], { client });
    expect(ran.exitCode).toBe(4);
    expect(ran.err).toContain('DR_IDENTITY_UNKNOWN');
    expect(client.sent).toEqual([]);
  });

  it('names a live execution that runs already, and how to watch it', async () => {
    const client = new ScriptedClient();
    client.refusal = new LifeboatError('DR_EXECUTION_ALREADY_LIVE', 'fo-1 moves booking already', {
      actual: 'fo-1',
      remedy: 'lifeboat watch fo-1',
    });
    const ran = await call([...START, ...home.as(home.oncall), '--confirm', 'booking'], { client });
    expect(ran.exitCode).toBe(5);
    expect(ran.err).toMatch(/next\s+lifeboat watch fo-1 --config/);
  });

  it.each([
    ['no reason', START.slice(0, -2), '--reason'],
    ['an empty reason', [...START.slice(0, -1), ' '], '--reason'],
    ['no purpose', [...START.slice(0, 6), '--reason', 'x'], '--purpose'],
    ['a purpose there is not', [...START, '--purpose', 'fun'], '--purpose'],
    ['a digest that is none', [...START, '--plan', 'sha256:9f31'], '--plan'],
  ])('refuses %s as a usage error that names the option', async (_, words, field) => {
    const ran = await call([...words, ...home.as(home.oncall), '--confirm', 'booking', '--json']);
    expect(ran.exitCode).toBe(2);
    expect(ran.lines[0]).toMatchObject({ error: { code: 'DR_USAGE', field } });
  });

  it('with --json is NDJSON from start to end', async () => {
    const client = new ScriptedClient(story.viewOf(story.succeeded));
    const ran = await call([...START, ...home.as(home.oncall), '--confirm', 'booking', '--watch', '--json'], {
      client,
    });
    expect(ran.lines.map(({ type }) => type)).toContain('started');
    expect(ran.lines.at(-1)).toMatchObject({ lifeboat: 1, type: 'ended', exitCode: 0 });
  });
});

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

describe('status', () => {
  const ended = (outcome: ExecutionSnapshot['outcome']): ExecutionSnapshot => ({ ...story.handedOver, outcome });
  it.each<[string, ExecutionSnapshot, number]>([
    ['done', story.succeeded, 0],
    ['failed', ended('failed'), 1],
    ['aborted', ended('aborted'), 1],
    ['handed over to people', story.handedOver, 1],
    ['interrupted', ended('interrupted'), 1],
    ['denied', story.denied, 3],
    ['blocked', story.blocked, 5],
    ['running', story.promoting, 6],
    ['waiting for approval', story.atTheGate, 7],
    ['waiting for a decision about a failed step', story.promotionFailed, 7],
  ])('of an execution that is %s is its exit code', async (_, snapshot, exitCode) => {
    const client = new ScriptedClient(story.viewOf(snapshot));
    const ran = await call(['status', story.EXECUTION, '--config', home.config, '--json'], { client });
    expect(ran.exitCode).toBe(exitCode);
    expect(ran.lines).toEqual([expect.objectContaining({ lifeboat: 1, type: 'execution', exitCode })]);
    expect(client.closed).toBe(true);
  });

  it('of an id that cannot be one asks no server', async () => {
    const connect = async () => {
      throw new Error('connected');
    };
    const ran = await call(['status', 'FO_1', '--config', home.config], { connect });
    expect(ran.exitCode).toBe(2);
    expect(ran.err).toContain('DR_EXECUTION_UNKNOWN');
  });

  it('names the execution in the command it offers after a refusal', async () => {
    const client = new ScriptedClient(new LifeboatError('DR_STEP_NOT_FAILED', 'it is done'));
    const ran = await call(['status', story.EXECUTION, '--config', home.config], { client });
    expect(ran.err).toContain(`lifeboat status ${story.EXECUTION} --config ${home.config}`);
  });
});

describe('watch', () => {
  const WATCH = ['watch', story.EXECUTION];

  it('piped, writes one line per change, then the end, and leaves with the verdict', async () => {
    const client = new ScriptedClient(
      ...[story.atTheGate, story.promoting, story.succeeded].map((it) => story.viewOf(it)),
    );
    const ran = await call([...WATCH, '--config', home.config], { client });
    expect(ran.exitCode).toBe(0);
    const lines = ran.out.split('\n');
    expect(lines.filter((line) => line.includes('▶ promote-database')).length).toBe(1);
    expect(lines.filter((line) => line.includes('✓ promote-database')).length).toBe(1);
    expect(ran.out).toContain('DONE  booking serves from eu-west-3');
    expect(ran.out).not.toContain(String.fromCharCode(27));
  });

  it('with --json tells the whole state once, then changes, then the end', async () => {
    const client = new ScriptedClient(
      ...[story.atTheGate, story.promoting, story.succeeded].map((it) => story.viewOf(it)),
    );
    const ran = await call([...WATCH, '--config', home.config, '--json'], { client });
    const types = ran.lines.map(({ type }) => type);
    expect(types[0]).toBe('execution');
    expect(types.slice(1, -1).every((type) => type === 'change')).toBe(true);
    expect(types.at(-1)).toBe('ended');
    expect(ran.lines.every(({ lifeboat }) => lifeboat === 1)).toBe(true);
  });

  it('goes on when the server is briefly away, and says so once', async () => {
    const away = new LifeboatError('DR_TEMPORAL_UNREACHABLE', 'Temporal does not answer at 127.0.9.60:7008');
    const client = new ScriptedClient(story.viewOf(story.promoting), away, away, story.viewOf(story.succeeded));
    const ran = await call([...WATCH, '--config', home.config], { client });
    expect(ran.exitCode).toBe(0);
    expect(ran.err.match(/does not answer/g)).toHaveLength(1);
  });

  it('ends at once when nobody ever heard of the execution', async () => {
    const ran = await call([...WATCH, '--config', home.config], { client: new ScriptedClient() });
    expect(ran.exitCode).toBe(2);
    expect(ran.err).toContain('DR_EXECUTION_UNKNOWN');
  });

  it('left by Ctrl-C says that it goes on, how to come back and how to abort, and ends with 130', async () => {
    const client = new ScriptedClient(story.viewOf(story.promoting));
    const ran = await call([...WATCH, '--config', home.config], {
      client,
      interruptible: (press) => setTimeout(press, 50),
    });
    expect(ran.exitCode).toBe(130);
    expect(ran.err).toContain('goes on without you');
    expect(ran.err).toContain(`lifeboat watch ${story.EXECUTION}`);
    expect(ran.err).toContain(`lifeboat abort ${story.EXECUTION}`);
    expect(client.sent).toEqual([]);
  });

  it('left by its time limit ends with 6', async () => {
    const client = new ScriptedClient(story.viewOf(story.promoting));
    const ran = await call([...WATCH, '--config', home.config, '--timeout', '0.1s', '--json'], { client });
    expect(ran.exitCode).toBe(6);
    expect(ran.lines.at(-1)).toMatchObject({ type: 'detached', because: 'timed_out' });
  });

  it('on a terminal redraws the board in place and leaves only the end', async () => {
    const client = new ScriptedClient(story.viewOf(story.promoting), story.viewOf(story.succeeded));
    const ran = await call([...WATCH, '--config', home.config], { client, screen: { columns: 80, rows: 24 } });
    expect(ran.out).toContain('▶');
    expect(ran.out).toContain(`${String.fromCharCode(27)}[2K`);
    expect(ran.out.lastIndexOf('DONE')).toBeGreaterThan(ran.out.lastIndexOf('▶'));
  });

  it('on a dumb terminal moves no cursor', async () => {
    const client = new ScriptedClient(story.viewOf(story.promoting), story.viewOf(story.succeeded));
    const ran = await call([...WATCH, '--config', home.config], {
      client,
      screen: { columns: 80, rows: 24 },
      environment: { TERM: 'dumb' },
    });
    expect(ran.out).not.toContain(String.fromCharCode(27));
  });
});

describe('colours', () => {
  const ESCAPE = String.fromCharCode(27);
  const screen = { columns: 80, rows: 24 };
  it.each([
    ['on a terminal', [], {}, true],
    ['with NO_COLOR', [], { NO_COLOR: '1' }, false],
    ['with --no-color', ['--no-color'], {}, false],
    ['with TERM=dumb', [], { TERM: 'dumb' }, false],
  ])('%s', async (_, words, environment, coloured) => {
    const client = new ScriptedClient(story.viewOf(story.succeeded));
    const call_ = ['status', story.EXECUTION, '--config', home.config, ...words];
    const ran = await call(call_, { client, screen, environment });
    expect(ran.out.includes(ESCAPE)).toBe(coloured);
  });

  it('of one stream do not depend on the other', async () => {
    const ran = await call(['status', 'FO_1', '--config', home.config], { screen });
    expect(ran.err).toContain('DR_EXECUTION_UNKNOWN');
    expect(ran.err).not.toContain(ESCAPE);
  });
});

describe('identity new', () => {
  it('makes a key that signs without being named, and prints the line for the configuration', async () => {
    const environment = { XDG_CONFIG_HOME: home.folder };
    const made = await call(['identity', 'new', 'approver-3', '--json'], { environment });
    expect(made.exitCode).toBe(0);
    expect(made.out).not.toContain('PRIVATE');
    const { publicKey, privateKeyPath } = made.lines[0] as { publicKey: string; privateKeyPath: string };
    expect(await readFile(privateKeyPath, 'utf8')).toContain('PRIVATE KEY');
    const client = new ScriptedClient(story.viewOf(story.atTheGate));
    const words = ['approve', story.EXECUTION, '--config', home.config, '--yes'];
    await call(words, { client, environment });
    const signed = client.sent[0]![3] as SignedStatement;
    const person = { id: 'unknown', roles: ['approver' as const], publicKey };
    expect(verifyStatement(signed, [person]).person.id).toBe('unknown');
  });

  it('overwrites nothing', async () => {
    const environment = { XDG_CONFIG_HOME: home.folder };
    await call(['identity', 'new', 'approver-3'], { environment });
    const again = await call(['identity', 'new', 'approver-3'], { environment });
    expect(again.exitCode).toBe(2);
    expect(again.err).toContain('DR_IDENTITY_EXISTS');
  });

  it('asks which key signs when there are several', async () => {
    const environment = { XDG_CONFIG_HOME: home.folder };
    for (const name of ['a', 'b']) await call(['identity', 'new', name], { environment });
    const ran = await call([...START, '--config', home.config, '--confirm', 'booking', '--json'], { environment });
    expect(ran.exitCode).toBe(4);
    expect(ran.lines[0]).toMatchObject({ error: { code: 'DR_IDENTITY_MISSING', actual: ['a.key.pem', 'b.key.pem'] } });
  });
});

describe('without a server', () => {
  const connect = async () => {
    throw new LifeboatError('DR_TEMPORAL_UNREACHABLE', 'Temporal does not answer at 127.0.9.60:7233', {
      field: 'temporal.address',
    });
  };

  it('bare lifeboat still tells how the service fares, and ends with 0', async () => {
    const ran = await call(['--config', home.config], { connect });
    expect(ran.exitCode).toBe(0);
    expect(ran.out).toContain('booking');
    expect(ran.out).toContain('Temporal does not answer at 127.0.9.60:7233');
    expect(ran.out).toMatch(/^LAB: not AWS\n/);
  });

  it('doctor names what is missing, each with a remedy, and ends with 1', async () => {
    const ran = await call(['doctor', ...home.as(home.oncall), '--json'], { connect });
    expect(ran.exitCode).toBe(1);
    const checks = ran.lines.slice(1) as unknown as { id: string; state: string; remedy: string | null }[];
    expect(checks.find(({ id }) => id === 'temporal')).toMatchObject({ state: 'failed' });
    expect(checks.find(({ id }) => id === 'identity')).toMatchObject({ state: 'ok' });
    expect(checks.find(({ id }) => id === 'watch booking control')).toMatchObject({ state: 'failed' });
    expect(checks.filter(({ state }) => state !== 'ok').every(({ remedy }) => remedy !== null)).toBe(true);
  });

  it('every other command that needs one says so and ends with 1', async () => {
    for (const words of [['runs'], ['status', story.EXECUTION], ['watch', story.EXECUTION]]) {
      const ran = await call([...words, '--config', home.config], { connect });
      expect(ran.exitCode).toBe(1);
      expect(ran.err).toContain('DR_TEMPORAL_UNREACHABLE');
    }
  });
});

describe('runs', () => {
  it('with --json is one line per execution', async () => {
    const client = new ScriptedClient();
    client.summaries = [
      {
        executionId: story.EXECUTION,
        workflowId: 'live/booking',
        runbook: 'region-failover',
        service: 'booking',
        mode: 'live',
        purpose: 'incident',
        startedAt: story.at('03:16:20.000'),
        endedAt: null,
        status: 'running',
        requestedBy: 'oncall-1',
        ledgerEntry: null,
      },
    ];
    const ran = await call(['runs', '--config', home.config, '--json'], { client });
    expect(ran.lines.map(({ type }) => type)).toEqual(['runs', 'run']);
    expect(ran.lines[1]).toMatchObject({ executionId: story.EXECUTION });
  });

  it('refuses a service that is not there', async () => {
    const ran = await call(['runs', '--service', 'nope', '--config', home.config], { client: new ScriptedClient() });
    expect(ran.exitCode).toBe(2);
  });
});

describe('a failure nobody foresaw', () => {
  it('is printed as such and ends with 1', async () => {
    const connect = async () => {
      throw new TypeError('x is not a function');
    };
    const ran = await call(['runs', '--config', join(home.folder, 'lifeboat.yaml')], { connect });
    expect(ran.exitCode).toBe(1);
    expect(ran.err).toContain('TypeError: x is not a function (DR_INTERNAL)');
  });
});
