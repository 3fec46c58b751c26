/**
 * Seven snapshot copies at once, one that breaks off, and one that is not whole: `npm run sweep:copies`. AWS lets five copies into a
 * region at a time; the others stand in a queue at 0 %.
 */
import { type DBClusterSnapshot, DescribeDBClusterSnapshotsCommand, RDSClient } from '@aws-sdk/client-rds';
import type { ExecutionSnapshot } from '../../domain/execution.ts';
import { startLab } from '../../lab/lab-handle.ts';
import { Executions } from '../support/executions.ts';

const RUNBOOK = 'snapshot-copy';
const AT_ONCE = 7;
const LIMIT = 5;
/** What the lab's configuration keeps. */
const KEEP = 3;
const LOST_ROWS =
  'delete from reminders; delete from bookings where ctid in (select ctid from bookings order by created_at limit 5)';
const LOOK_EVERY_MS = 100;

/** Slow enough that all of them are seen under way together. */
const lab = await startLab({ durations: { copyBytesPerSecond: 3_000_000 } });
const { endpoints } = await lab.status();
const executions = await Executions.open(lab);
const rds = new RDSClient({
  region: 'eu-west-3',
  endpoint: endpoints.operator['eu-west-3'].rds,
  credentials: { accessKeyId: 'observer', secretAccessKey: 'observer' },
  maxAttempts: 1,
});
const findings: { readonly what: string; readonly holds: boolean; readonly figures: string }[] = [];
const finding = (what: string, holds: boolean, figures: string) => findings.push({ what, holds, figures });

const copiesNow = async (): Promise<readonly DBClusterSnapshot[]> =>
  (await rds.send(new DescribeDBClusterSnapshotsCommand({ SnapshotType: 'manual' }))).DBClusterSnapshots ?? [];

const stepOf = (snapshot: ExecutionSnapshot, id: string) => snapshot.steps.find((step) => step.id === id);
const copyOf = (snapshot: ExecutionSnapshot) =>
  stepOf(snapshot, 'copy')?.output as unknown as {
    readonly snapshot: string;
    readonly attempts: number;
    readonly firstFailure: string | null;
    readonly copySeconds: number;
  } | null;

/** Starts `count` copies and looks at the region until all have ended. */
async function copyTogether(count: number) {
  let looking = true;
  const looks: { readonly moving: number; readonly queued: number }[] = [];
  const look = async (): Promise<void> => {
    while (looking) {
      const under = (await copiesNow()).filter(({ Status }) => Status === 'copying');
      const moving = under.filter(({ PercentProgress }) => (PercentProgress ?? 0) > 0).length;
      looks.push({ moving, queued: under.length - moving });
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  };
  const looked = look();
  const ids = await Promise.all(
    Array.from({ length: count }, () => executions.start(RUNBOOK, { source: 'now', validate: 'never' }, 'live')),
  );
  const ended = await Promise.all(ids.map((id) => executions.ended(id, 240_000)));
  looking = false;
  await looked;
  return { ended, looks };
}

try {
  const { ended, looks } = await copyTogether(AT_ONCE);
  const states = ended.map(({ outcome, error }) => `${outcome}${error ? ` (${error.message})` : ''}`);
  finding(
    'all seven executions succeeded',
    states.every((state) => state === 'succeeded'),
    states.join(', '),
  );
  const most = Math.max(...looks.map(({ moving }) => moving));
  finding('never more than five copies move', most <= LIMIT, `at most ${most} at one time`);
  const full = looks.filter(({ moving, queued }) => moving === LIMIT && queued === AT_ONCE - LIMIT).length;
  finding('five move while two stand at 0 %', full > 0, `seen in ${full} of ${looks.length} looks`);
  const verified = ended.filter((snapshot) => stepOf(snapshot, 'verify')?.state === 'done').length;
  finding('all seven copies were verified', verified === AT_ONCE, `${verified} verified`);

  const left = await copiesNow();
  const available = left.filter(({ Status }) => Status === 'available');
  const names = new Set(available.map(({ DBClusterSnapshotIdentifier }) => DBClusterSnapshotIdentifier));
  const dataTime = ({ TagList = [] }: DBClusterSnapshot) =>
    TagList.find(({ Key }) => Key === 'lifeboat:data-time')?.Value ?? '';
  finding(
    'pruning leaves at least as many as are to be kept',
    available.length >= KEEP,
    `${available.length}: ${[...names].join(', ')}`,
  );
  const newest = ended.map((snapshot) => ({
    name: copyOf(snapshot)?.snapshot ?? '',
    dataTime: (stepOf(snapshot, 'verify')?.output as unknown as { dataTime?: string } | null)?.dataTime ?? '',
  }));
  newest.sort((one, other) => other.dataTime.localeCompare(one.dataTime));
  finding(
    'the newest copy is among them',
    names.has(newest[0]?.name),
    `${newest[0]?.name}, data of ${newest[0]?.dataTime}`,
  );
  const oldestKept = available.map(dataTime).sort()[0] ?? '';
  const newerButGone = newest.filter(({ name, dataTime: time }) => !names.has(name) && time > oldestKept);
  finding('nothing newer was pruned than what is kept', newerButGone.length === 0, `oldest kept is of ${oldestKept}`);

  await lab.fault({ kind: 'copy', failsAtPercent: 80 });
  const broken = await executions.run(RUNBOOK, { source: 'now', validate: 'never' }, 'live');
  const copy = copyOf(broken);
  finding(
    'a copy that breaks off is tried once more',
    broken.outcome === 'succeeded' && copy?.attempts === 2,
    `${broken.outcome}, ${copy?.attempts} attempts ${broken.error?.message ?? ''}`,
  );
  const kept = (await copiesNow()).filter(({ Status }) => Status === 'available').length;
  finding('alone at work, pruning leaves exactly as many as are to be kept', kept === KEEP, `${kept}`);
  finding('it says why the first try failed', (copy?.firstFailure ?? '') !== '', copy?.firstFailure ?? 'nothing said');
  finding(
    'the second try has a name of its own',
    copy?.snapshot.endsWith('-copy-2') ?? false,
    copy?.snapshot ?? 'none',
  );

  await lab.fault({ kind: 'copy', failsAtPercent: 80 });
  await lab.fault({ kind: 'copy', failsAtPercent: 30 });
  const twice = await executions.run(RUNBOOK, { source: 'now', validate: 'never' }, 'live');
  const failed = twice.outcome === 'failed' && stepOf(twice, 'copy')?.error?.code === 'DR_COPY_FAILED';
  finding(
    'one that breaks off twice fails and says why',
    failed,
    `${twice.outcome}: ${stepOf(twice, 'copy')?.error?.message}`,
  );

  await lab.fault({ kind: 'backups', what: 'damage-next-restore', sql: LOST_ROWS });
  const damaged = await executions.run(RUNBOOK, { source: 'now', validate: 'always' }, 'live');
  const inDoubt = copyOf(damaged)?.snapshot ?? '';
  finding(
    'a copy that lacks rows fails the run',
    damaged.outcome === 'failed' && stepOf(damaged, 'validate')?.error?.code === 'DR_VALIDATION_FAILED',
    `${damaged.outcome}: ${stepOf(damaged, 'validate')?.error?.message}`,
  );
  const whole = await executions.run(RUNBOOK, { source: 'now', validate: 'always' }, 'live');
  const good = copyOf(whole)?.snapshot ?? '';
  finding('the next one is found whole', whole.outcome === 'succeeded', `${good} ${whole.error?.message ?? ''}`);
  // So many more that the copy in doubt would be pruned if it counted among the others.
  for (let more = 0; more < KEEP; more += 1) {
    await executions.run(RUNBOOK, { source: 'now', validate: 'never' }, 'live');
  }
  const standing = await copiesNow();
  const tagsOf = (name: string) =>
    standing
      .find(({ DBClusterSnapshotIdentifier }) => DBClusterSnapshotIdentifier === name)
      ?.TagList?.map(({ Key }) => Key);
  const [doubtful, proven] = [tagsOf(inDoubt) ?? [], tagsOf(good) ?? []];
  finding(
    'the copy that lacks rows stays, in doubt',
    doubtful.includes('lifeboat:validation-begun-at') && !doubtful.includes('lifeboat:validated-at'),
    `${inDoubt}: ${doubtful.join(', ')}`,
  );
  finding(
    'the newest one found whole is spared by pruning, though newer ones are as many as are kept',
    proven.includes('lifeboat:validated-at'),
    `${good}: ${proven.join(', ')}`,
  );
} finally {
  rds.destroy();
  await executions.close();
  await lab.down();
}
for (const { what, holds, figures } of findings) console.log(`${holds ? '✓' : '✗'} ${what}: ${figures}`);
const broken = findings.filter(({ holds }) => !holds).length;
console.log(`${findings.length - broken} of ${findings.length} hold`);
process.exitCode = broken === 0 ? 0 : 1;
