import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { LifeboatError } from '../../../domain/errors.ts';
import { call, household } from './command-line.ts';
import { ScriptedClient } from './scripted-client.ts';
import * as story from './story.ts';

let home: Awaited<ReturnType<typeof household>>;
beforeEach(async () => {
  home = await household();
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
