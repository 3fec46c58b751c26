import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFile, chown, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { postgresAccount, requireReachable } from './account.ts';
import type { Binaries } from './binaries.ts';
import { cachedFolder } from './cached-folder.ts';

const run = promisify(execFile);

const INITDB_ARGUMENTS = [
  '--username=postgres',
  '--auth=trust',
  '--no-sync',
  '--no-instructions',
  '--encoding=UTF8',
  '--locale=C',
  '--wal-segsize=1',
] as const;

const AS_POSTGRES = { ...postgresAccount, cwd: '/', env: { LC_ALL: 'C', TZ: 'UTC' }, timeout: 60_000 } as const;

/** Every place of a lab is a loopback address; initdb lets in 127.0.0.1 alone. */
const HOST_ACCESS = `
host all         all 127.0.0.0/8 trust
host replication all 127.0.0.0/8 trust
`;

/** Nobody creates databases here, and without these two a copy has 600 files less to make. */
const DROP_TEMPLATES = `
update pg_database set datistemplate = false;
drop database template1;
drop database template0;
checkpoint;
`;

/** A stopped, empty cluster to copy. Made once per version and settings, for the account that will run it. */
export async function clusterTemplate(binaries: Binaries, cacheDir: string): Promise<string> {
  const made = JSON.stringify([
    binaries.version,
    process.platform,
    process.arch,
    INITDB_ARGUMENTS,
    HOST_ACCESS,
    DROP_TEMPLATES,
  ]);
  const digest = createHash('sha256').update(made).digest('hex').slice(0, 12);
  const account = postgresAccount.uid ?? process.getuid?.() ?? 'own';
  const folder = path.join(cacheDir, `cluster-${binaries.version}-${digest}-uid${account}`);
  return cachedFolder(folder, async (aside) => {
    await mkdir(aside, { mode: 0o700 });
    await requireReachable(cacheDir, 'cacheDir');
    const { uid, gid } = postgresAccount;
    if (uid !== undefined && gid !== undefined) await chown(aside, uid, gid);
    await run(binaries.initdb, ['-D', aside, ...INITDB_ARGUMENTS], AS_POSTGRES);
    const single = run(binaries.postgres, ['--single', '-F', '-D', aside, 'postgres'], AS_POSTGRES);
    single.child.stdin?.end(DROP_TEMPLATES);
    await single;
    await appendFile(path.join(aside, 'pg_hba.conf'), HOST_ACCESS);
  });
}
