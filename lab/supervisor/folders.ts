import { chmodSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { RECOVERY, REGIONS, type Region } from '../topology.ts';

/** Where a lab keeps what: everything below its own folder. */
export function folders(dir: string) {
  return {
    dir,
    logs: join(dir, 'logs'),
    /** Folders of the control place: write lease, evidence, samples. */
    lease: join(dir, 'control', 'lease'),
    evidence: join(dir, 'control', 'evidence'),
    watch: join(dir, 'control', 'watch'),
    temporal: join(dir, 'control', 'temporal'),
    keys: join(dir, 'control', 'keys'),
    ledgerKey: join(dir, 'control', 'keys', 'ledger.pem'),
    ledgerPublicKey: join(dir, 'control', 'keys', 'ledger.pub.pem'),
    /** Private keys of the people of the lab, `NAME.pem`. */
    identities: join(dir, 'identities'),
    configuration: join(dir, 'lifeboat.yaml'),
    credentials: join(dir, 'aws-credentials'),
    database: join(dir, 'database'),
    /** Log of the writers, segment by segment. */
    archive: join(dir, 'archive'),
    /** Base backups, snapshots, and what was restored from them. */
    backups: join(dir, 'backups'),
    objects: join(dir, 'objects'),
    callLog: join(dir, 'logs', 'twin-calls.jsonl'),
    faults: join(dir, 'logs', 'faults.jsonl'),
    webhook: join(dir, 'logs', 'webhook.jsonl'),
    observers: {
      outside: join(dir, 'logs', 'observer-outside.jsonl'),
      inside: join(dir, 'logs', 'observer-inside.jsonl'),
    },
    place: (region: Region) => join(dir, 'places', region),
    /** What brings the recovery region up, and beside it, in that region, the state of it. */
    recoveryStack: join(dir, 'recovery-stack'),
    recoveryState: join(dir, 'places', RECOVERY, 'recovery-stack.tfstate'),
    /** How a region's writers see the lease folder: a mount that a partition takes away. */
    leaseMount: (region: Region) => join(dir, 'places', region, 'lease'),
    token: (region: Region) => join(dir, 'places', region, 'kubernetes-token'),
    supervisorLog: join(dir, 'supervisor.log'),
    log: (part: string) => join(dir, 'logs', `${part}.log`),
  };
}
export type Folders = ReturnType<typeof folders>;

/** Kept when a lab starts afresh in its folder. */
const KEPT = ['.lifeboat-lab', 'supervisor.json', 'supervisor.log'];

/** Removes what an earlier lab left in the folder and makes the folders of this one. */
export function makeFolders(at: Folders): void {
  for (const name of readdirSync(at.dir)) {
    if (!KEPT.includes(name)) rmSync(join(at.dir, name), { recursive: true, force: true });
  }
  // PostgreSQL runs as another user when we are root, and must get to its folder.
  chmodSync(at.dir, 0o755);
  const all = [
    at.logs,
    at.lease,
    at.evidence,
    at.watch,
    at.temporal,
    at.keys,
    at.identities,
    at.database,
    at.objects,
    at.archive,
    at.backups,
  ];
  for (const folder of [...all, ...REGIONS.map(at.place)]) mkdirSync(folder, { recursive: true, mode: 0o755 });
}
