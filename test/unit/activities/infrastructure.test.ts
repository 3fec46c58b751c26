import { describe, expect, test } from 'vitest';
import type { InfrastructurePlan } from '../../../activities/clients/clients.ts';
import { apply } from '../../../activities/infrastructure/apply.ts';
import { errorsIn, lockHolderIn, redact } from '../../../activities/infrastructure/diagnostics.ts';
import { plan } from '../../../activities/infrastructure/plan.ts';
import {
  type PlanDocument,
  planOf,
  sensitiveTexts,
  undeclaredVariables,
} from '../../../activities/infrastructure/plan-document.ts';
import type { Json } from '../../../domain/json.ts';
import { acted, callsOf, decide, expectDeclared, outputOf, refusalOf } from './a-decision.ts';

const INPUT = { region: 'eu-west-3', folder: '/etc/lifeboat/recovery', variables: { region: 'eu-west-3' } };
const LOCAL = { kind: 'local', region: null, locks: true };

type Actions = InfrastructurePlan['changes'][number]['actions'];

const change = (address: string, ...actions: Actions) => ({ address, type: address.split('.')[0] ?? '', actions });
const planned = (
  changes: InfrastructurePlan['changes'],
  backend: InfrastructurePlan['backend'] = LOCAL,
): InfrastructurePlan => ({ digest: 'sha256:1', changes, backend, outputs: { nodes: '3' } });

describe('bringing a stack up', () => {
  test('is done when the plan has nothing to do, data that is only read included', () => {
    const seen = planned([change('aws_vpc.main', 'no-op'), change('aws_caller_identity.me', 'read')]);
    expect(outputOf(decide(apply, INPUT, seen))).toMatchObject({
      created: [],
      updated: [],
      unchanged: 1,
      outputs: { nodes: '3' },
    });
  });

  test('applies exactly the plan it decided on, naming what it creates', () => {
    const seen = planned([change('aws_vpc.main', 'create'), change('aws_eks_cluster.main', 'update')]);
    const decision = decide(apply, INPUT, seen);
    const calls = callsOf(decision);
    expectDeclared(apply, calls);
    expect(calls).toEqual([
      {
        service: 'infrastructure',
        operation: 'Apply',
        region: 'eu-west-3',
        target: 'recovery → eu-west-3: create aws_vpc.main, update aws_eks_cluster.main',
        input: { folder: INPUT.folder, variables: INPUT.variables, planDigest: 'sha256:1' },
      },
    ]);
    expect(decision).toMatchObject({ predicted: { created: ['aws_vpc.main'], updated: ['aws_eks_cluster.main'] } });
  });

  test('says afterwards what it made, which the plan no longer does', () => {
    const made = acted([], [{ created: ['aws_vpc.main'], updated: [] }]);
    const seen = planned([change('aws_vpc.main', 'no-op')]);
    expect(outputOf(decide(apply, INPUT, seen, made))).toMatchObject({ created: ['aws_vpc.main'], unchanged: 1 });
  });

  test('applies for the stack’s outputs alone, which are no resources', () => {
    const output = { address: 'output.endpoint', type: 'output', actions: ['delete', 'create'] as const };
    const decision = decide(apply, INPUT, planned([output]));
    expect(callsOf(decision)).toHaveLength(1);
    expect(decision).toMatchObject({ predicted: { created: [] } });
  });

  test('does not chase a stack that never settles', () => {
    const seen = planned([change('aws_vpc.main', 'update')]);
    const result = { created: [], updated: ['aws_vpc.main'] };
    expect(callsOf(decide(apply, INPUT, seen, acted([], [result])))).toHaveLength(1);
    expect(refusalOf(decide(apply, INPUT, seen, acted([], [result, result])))).toMatchObject({
      code: 'DR_INFRASTRUCTURE_FAILED',
      actual: ['aws_vpc.main'],
    });
  });
});

describe.each([
  ['bringing a stack up', apply],
  ['planning it beforehand', plan],
])('%s', (_, implementation) => {
  const refused = (seen: InfrastructurePlan) => refusalOf(decide(implementation as typeof apply, INPUT, seen));

  test.each([
    ['creates IAM', ['create'], 'aws_iam_role.node', 'IAM, whose control plane is us-east-1'],
    ['alters IAM', ['update'], 'aws_iam_role_policy.node', 'IAM'],
    ['registers an OIDC provider, which is IAM', ['create'], 'aws_iam_openid_connect_provider.eks', 'IAM'],
    ['edits records, which are us-east-1’s', ['create'], 'aws_route53_record.www', 'Route 53'],
    ['makes a distribution', ['create'], 'aws_cloudfront_distribution.www', 'edge'],
    ['destroys something', ['delete'], 'aws_vpc.old', 'destroy aws_vpc.old'],
    ['replaces something', ['delete', 'create'], 'aws_vpc.main', 'replace aws_vpc.main'],
    ['replaces something the other way round', ['create', 'delete'], 'aws_vpc.main', 'replace aws_vpc.main'],
    ['forgets something', ['forget'], 'aws_vpc.main', 'forget aws_vpc.main'],
  ] as const)('is refused when the plan %s', (_what, actions, address, says) => {
    const seen = planned([change('aws_subnet.a', 'create'), change(address, ...actions)]);
    const error = refused(seen);
    expect(error.code).toBe('DR_INFRASTRUCTURE_FORBIDDEN');
    expect(error.message).toContain(says);
    expect(error.message).not.toContain('aws_subnet');
  });

  test('may read IAM, leave it as it is, and make resolver endpoints, which are regional', () => {
    const seen = planned([
      change('aws_iam_role.node', 'no-op'),
      change('aws_iam_policy_document.node', 'read'),
      change('aws_route53_resolver_endpoint.in', 'create'),
    ]);
    expect(decide(implementation as typeof apply, INPUT, seen).kind).not.toBe('refuse');
  });

  test.each([
    ['in the region that is lost', { kind: 's3', region: 'eu-west-1', locks: true }, 'eu-west-1, not in eu-west-3'],
    ['nobody says where', { kind: 's3', region: null, locks: true }, 'names no region'],
    ['at a service that is no region', { kind: 'remote', region: null, locks: true }, 'names no region'],
    ['without a lock', { kind: 's3', region: 'eu-west-3', locks: false }, 'locks nothing'],
  ])('is refused when its state stands %s', (_what, backend, says) => {
    const error = refused(planned([], backend));
    expect(error.code).toBe('DR_INFRASTRUCTURE_STATE');
    expect(error.message).toContain(says);
  });

  test('takes a locked state in the recovery region, and a local one, which is the control place’s', () => {
    for (const backend of [LOCAL, { kind: 's3', region: 'eu-west-3', locks: true }]) {
      expect(decide(implementation as typeof apply, INPUT, planned([], backend)).kind).toBe('done');
    }
  });
});

test('a plan beforehand says what would be created and where the state stands', () => {
  const seen = planned([change('aws_vpc.main', 'create')], { kind: 's3', region: 'eu-west-3', locks: true });
  expect(outputOf(decide(plan, INPUT, seen))).toEqual({
    creates: ['aws_vpc.main'],
    updates: [],
    unchanged: 0,
    state: 's3 in eu-west-3',
  });
});

describe('a plan document', () => {
  const document = (after: Json, sensitive: Json = {}): PlanDocument => ({
    resource_changes: [
      {
        address: 'aws_db.main',
        type: 'aws_db',
        change: { actions: ['create'], before: null, after, after_sensitive: sensitive, after_unknown: { id: true } },
      },
      { address: 'aws_vpc.main', type: 'aws_vpc', change: { actions: ['no-op'], before: { a: 1 }, after: { a: 1 } } },
    ],
    output_changes: { same: { actions: ['no-op'] }, url: { actions: ['create'], after: 'x' } },
    prior_state: {
      values: { outputs: { url: { sensitive: false, value: ['x'] }, key: { sensitive: true, value: 'hidden' } } },
    },
    configuration: { root_module: { variables: { region: {} } } },
  });
  const digest = (after: Json, sensitive?: Json) => planOf(document(after, sensitive), LOCAL).digest;

  test('gives every change, outputs that change among them, and outputs that are not sensitive', () => {
    expect(planOf(document({ size: 1 }), LOCAL)).toMatchObject({
      changes: [
        { address: 'aws_db.main', actions: ['create'] },
        { address: 'aws_vpc.main', actions: ['no-op'] },
        { address: 'output.url', type: 'output' },
      ],
      outputs: { url: '["x"]' },
    });
  });

  test('has a digest that tells values apart, but not the order of keys and not secrets', () => {
    expect(digest({ a: 1, b: 2 })).toBe(digest({ b: 2, a: 1 }));
    expect(digest({ a: 1 })).not.toBe(digest({ a: 2 }));
    expect(digest({ users: [{ password: 'one' }] }, { users: [{ password: true }] })).toBe(
      digest({ users: [{ password: 'two' }] }, { users: [{ password: true }] }),
    );
    expect(digest({ users: [{ password: 'one' }] })).not.toBe(digest({ users: [{ password: 'two' }] }));
  });

  test('that takes something existing into the state changes something', () => {
    const importing = { actions: ['no-op'] as const, importing: { id: 'vpc-1' } };
    const { changes } = planOf({ resource_changes: [{ address: 'a.b', type: 'a', change: importing }] }, LOCAL);
    expect(changes[0]?.actions).toEqual(['update']);
  });

  test('names variables that it does not declare, and every sensitive text, so that none is repeated', () => {
    expect(undeclaredVariables(document({}), { region: 'x', regoin: 'y' })).toEqual(['regoin']);
    const texts = sensitiveTexts(
      document({ users: [{ name: 'ann', password: 'one' }] }, { users: [{ password: true }] }),
    );
    expect([...texts.keys()]).toEqual(['one']);
  });
});

describe('what a binary prints', () => {
  const line = (diagnostic: Json) => `${JSON.stringify({ '@level': 'error', type: 'diagnostic', diagnostic })}\n`;

  test('gives its errors, without warnings, excerpts and values', () => {
    const stdout = `${line({ severity: 'warning', summary: 'Deprecated' })}not json\n${line({
      severity: 'error',
      summary: 'Invalid value',
      detail: 'must be short',
      address: 'a.b',
      snippet: { code: 'password = "hunter2"', values: [{ traversal: 'var.password', statement: 'is "hunter2"' }] },
    })}`;
    expect(errorsIn({ stdout, stderr: '' })).toEqual([
      { summary: 'Invalid value', detail: 'must be short', address: 'a.b' },
    ]);
  });

  test('gives its errors also where it could not yet print JSON', () => {
    expect(errorsIn({ stdout: '', stderr: '╷\n│ Error: Invalid -chdir option\n│\n│ No such folder.\n' })).toEqual([
      { summary: 'Invalid -chdir option', detail: '', address: null },
    ]);
  });

  test('names who holds the lock', () => {
    const detail =
      'Error message: resource temporarily unavailable\nLock Info:\n  ID:        0a1b\n  Path:      x\n  Operation: OperationTypeApply\n  Who:       ann@host\n  Created:   2026-11-21 03:12:07 UTC\n  Info:      \n';
    const errors = errorsIn({
      stdout: line({ severity: 'error', summary: 'Error acquiring the state lock', detail }),
      stderr: '',
    });
    expect(lockHolderIn(errors)).toEqual({
      id: '0a1b',
      who: 'ann@host',
      operation: 'OperationTypeApply',
      created: '2026-11-21 03:12:07 UTC',
    });
    expect(lockHolderIn([])).toBeNull();
  });

  test('is passed on without secrets, longer ones first, and with short and common words left alone', () => {
    const secrets = new Map([
      ['secret', 'value of a'],
      ['secret-long "x"', 'value of b'],
      ['abc', 'value of c'],
      ['true', 'value of d'],
    ]);
    expect(redact('secret-long "x", secret-long \\"x\\", secret, abc is true', secrets)).toBe(
      '(value of b), (value of b), (value of a), abc is true',
    );
  });
});
