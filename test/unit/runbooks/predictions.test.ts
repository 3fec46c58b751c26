import { describe, expect, test } from 'vitest';
import { EXAMPLE_SERVICE } from '../../../runbooks/example-service.ts';
import { callsMayMake } from '../../../runbooks/language/calls-may-make.ts';
import { compilePlan } from '../../../runbooks/language/compile-plan.ts';
import { criticalPath } from '../../../runbooks/language/critical-path.ts';
import { runbookById } from '../../../runbooks/registry.ts';
import * as toy from './toy-actions.ts';
import { kept, toyRunbook, why } from './toy-runbook.ts';

const diamond = compilePlan({
  runbook: toyRunbook(({ step, gate }) => {
    const start = step('start', toy.look, kept, { why, expectSeconds: 100 });
    const go = gate('go', { why, shows: [start], roles: ['approver'], quorum: 1 });
    const left = step('left', toy.look, kept, { why, after: [go], expectSeconds: 2 });
    const right = step('right', toy.look, kept, { why, after: [go], expectSeconds: 3 });
    const join = step('join', toy.look, kept, { why, after: [left, right], expectSeconds: 1 });
    step('measure', toy.measure, kept, { why, after: [join] });
  }),
  service: EXAMPLE_SERVICE,
  parameters: { to: 'eu-west-3' },
});

describe('the critical path', () => {
  test('is the longest chain, not the sum: what runs side by side counts once', () => {
    const { seconds, path } = criticalPath(diamond, { measure: 2 }, { after: 'go' });
    expect({ seconds, path }).toEqual({ seconds: 6, path: ['right', 'join', 'measure'] });
  });

  test('follows what past executions took rather than what the author expects', () => {
    const { seconds, path } = criticalPath(diamond, { left: 10 }, { after: 'go', until: 'join' });
    expect({ seconds, path }).toEqual({ seconds: 11, path: ['left', 'join'] });
  });

  test('names steps nobody has a duration for, so the figure reads as at least', () => {
    expect(criticalPath(diamond, {}).unknown).toEqual(['measure']);
    expect(criticalPath(diamond, {}, { until: 'join' }).unknown).toEqual([]);
  });

  test('counts waiting for people only when told how long', () => {
    expect(criticalPath(diamond, {}, { until: 'join' }).seconds).toBe(104);
    expect(criticalPath(diamond, { go: 50 }, { until: 'join' }).seconds).toBe(154);
  });
});

describe('permissions', () => {
  const plan = compilePlan({
    runbook: runbookById('region-failover'),
    service: EXAMPLE_SERVICE,
    parameters: { to: 'eu-west-3' },
  });
  const calls = callsMayMake(plan);

  test('name each call once per region with everyone who needs it, and tell what only an undo needs', () => {
    expect(calls).toContainEqual({
      region: 'eu-west-3',
      permission: 's3:DeleteObject',
      steps: ['shift-traffic'],
      undoOnly: true,
    });
    expect(calls).toContainEqual({
      region: 'eu-west-3',
      permission: 'rds:FailoverGlobalCluster',
      steps: ['promote-database'],
      undoOnly: false,
    });
    const keys = calls.map(({ region, permission }) => `${region} ${permission}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('of a failover ask the lost region for nothing but reads', () => {
    const asked = calls.filter((call) => call.region === EXAMPLE_SERVICE.regions.protected);
    expect(asked.map((call) => call.permission).sort()).toEqual(['http:Get', 'rds:DescribeDBClusters', 'sql:Select']);
  });
});
