import { beforeEach, describe, expect, it } from 'vitest';
import { LifeboatError } from '../../../domain/errors.ts';
import type { ExecutionRequest } from '../../../domain/execution.ts';
import type { StartStatement } from '../../../domain/statement.ts';
import { verifyStatement } from '../../../identity/verify-statement.ts';
import { call, household, START } from './command-line.ts';
import { ScriptedClient } from './scripted-client.ts';
import * as story from './story.ts';

let home: Awaited<ReturnType<typeof household>>;
beforeEach(async () => {
  home = await household();
});
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

  it('signs a drill as a drill, and asks for no confirmation: it changes only what it makes', async () => {
    const client = new ScriptedClient();
    const ran = await call([...START, ...home.as(home.oncall), '--drill', '--detach'], { client });
    expect(ran.exitCode).toBe(0);
    const request = client.sent[0]![1] as ExecutionRequest;
    expect(request.mode).toBe('drill');
    expect(verifyStatement(request.signed!, people()).statement).toMatchObject({ type: 'start', mode: 'drill' });
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
