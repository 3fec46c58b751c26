import { chown, stat } from 'node:fs/promises';
import path from 'node:path';

/** `nobody` on every Linux: PostgreSQL refuses to run as root. */
const UNPRIVILEGED = { uid: 65534, gid: 65534 } as const;

/** Whom PostgreSQL runs as: an unprivileged account when we are root, else ourselves (empty: spawn's default). */
export const postgresAccount: { readonly uid?: number; readonly gid?: number } =
  process.getuid?.() === 0 ? UNPRIVILEGED : {};

/** Makes a file or folder PostgreSQL's own, where that is not us. */
export async function giveToPostgres(entry: string): Promise<void> {
  const { uid, gid } = postgresAccount;
  if (uid !== undefined && gid !== undefined) await chown(entry, uid, gid);
}

/** Throws when PostgreSQL's account cannot walk down to `folder`, naming the folder in the way and the remedy. */
export async function requireReachable(folder: string, field: string): Promise<void> {
  if (postgresAccount.uid === undefined) return;
  let ancestor = path.resolve(folder);
  for (;;) {
    const { mode, uid } = await stat(ancestor);
    if (uid !== postgresAccount.uid && (mode & 0o001) === 0) {
      throw new Error(
        `${field} is ${folder}, but uid ${postgresAccount.uid}, as which PostgreSQL runs when we are root, cannot ` +
          `enter ${ancestor}: chmod o+x ${ancestor}, or choose a folder elsewhere, for instance under /tmp or /var/cache`,
      );
    }
    if (path.dirname(ancestor) === ancestor) return;
    ancestor = path.dirname(ancestor);
  }
}
