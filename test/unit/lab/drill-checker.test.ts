import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { judge } from '../../e2e/drill-checker.ts';

const ID = 'pr-20261121-1200-abcdef';
const MARKED = { region: 'eu-west-1', cluster: `${ID}-db`, tags: { 'lifeboat:execution': ID } };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drill-checker-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Line = readonly [operation: string, target: string, status?: number, error?: string];

const CLEAN: readonly Line[] = [
  ['DescribeDBClusters', 'booking-eu-west-1'],
  ['RestoreDBClusterToPointInTime', `${ID}-db`],
  ['CreateDBInstance', `${ID}-db-1`],
  ['DeleteDBInstance', `${ID}-db-1`],
  ['DeleteDBCluster', `${ID}-db`],
];

function judged(lines: readonly Line[], seen = [MARKED]) {
  const callLog = join(folder, 'calls.jsonl');
  const calls = lines.map(([operation, target, status = 200, error = null], index) => ({
    at: new Date(1_000 + index).toISOString(),
    region: 'eu-west-1',
    service: 'rds',
    operation,
    mutating: !operation.startsWith('Describe'),
    status,
    error,
    target,
  }));
  writeFileSync(callLog, calls.map((call) => `${JSON.stringify(call)}\n`).join(''));
  return judge({ callLog, from: 0, executions: [ID], before: [], seen });
}

test('has nothing to say of a drill that removed all it made and touched nothing else', () => {
  expect(judged(CLEAN)).toMatchObject({ strange: [], notRemoved: [], unmarked: [] });
  expect(judged(CLEAN).made).toHaveLength(2);
});

test('finds what was never removed, also when the answer to its making was lost or its removal was refused', () => {
  expect(judged(CLEAN.slice(0, -1)).notRemoved).toEqual([`rds:RestoreDBClusterToPointInTime eu-west-1 ${ID}-db`]);
  const lost: Line = ['RestoreDBClusterToPointInTime', `${ID}-db`, 0, 'lost_reply'];
  expect(judged([lost]).notRemoved).toHaveLength(1);
  const refused: Line = ['DeleteDBCluster', `${ID}-db`, 400, 'InvalidDBClusterStateFault'];
  expect(judged([...CLEAN.slice(0, -1), refused]).notRemoved).toHaveLength(1);
});

test('finds every change of something that does not bear the execution’s id, refused or not', () => {
  const others: readonly Line[] = [
    ['ModifyDBCluster', 'booking-eu-west-1'],
    ['DeleteDBCluster', 'pr-20261121-1200-zzzzzz-db', 404, 'DBClusterNotFoundFault'],
    ['AddTagsToResource', 'arn:aws:rds:eu-west-1:123456789012:cluster:booking-eu-west-1'],
  ];
  expect(judged([...CLEAN, ...others]).strange).toHaveLength(3);
  const own: Line = ['AddTagsToResource', `arn:aws:rds:eu-west-1:123456789012:cluster:${ID}-db`];
  expect(judged([...CLEAN, own]).strange).toEqual([]);
});

test('finds clusters without the tag, or with another execution’s', () => {
  expect(judged(CLEAN, [{ ...MARKED, tags: { 'lifeboat:execution': 'pr-other' } }]).unmarked).toHaveLength(1);
  expect(judged(CLEAN, [MARKED, { ...MARKED, cluster: 'somebody-elses' }]).unmarked).toHaveLength(1);
});
