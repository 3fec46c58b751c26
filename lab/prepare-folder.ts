import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LifeboatError } from '../domain/errors.ts';
import { requireReachable } from './database/account.ts';

/** Shows that a folder is a lab's, so that its content may be removed when a lab starts there. */
const MARKER = '.lifeboat-lab';

/** Makes the folder of a lab, or takes one that is a lab's already. Throws `DR_LAB_DIR_UNUSABLE` for any other. */
export async function prepareFolder(dir: string): Promise<string> {
  const folder = resolve(dir);
  const refuse = (actual: string, remedy?: string) =>
    new LifeboatError('DR_LAB_DIR_UNUSABLE', `--dir ${folder} cannot be used: ${actual}.`, {
      field: '--dir',
      expected: 'an empty folder, or one that a lab made',
      actual,
      ...(remedy ? { remedy } : {}),
    });
  try {
    mkdirSync(folder, { recursive: true, mode: 0o755 });
  } catch (caught) {
    throw refuse(`it cannot be made: ${(caught as Error).message}`);
  }
  const made = lstatSync(folder);
  if (!made.isDirectory()) throw refuse('it is no folder');
  if (made.uid !== process.getuid?.()) throw refuse('it belongs to somebody else');
  if (!existsSync(join(folder, MARKER)) && readdirSync(folder).length > 0) {
    throw refuse('it holds files that no lab made, and a lab removes what is in its folder when it starts');
  }
  chmodSync(folder, 0o755);
  writeFileSync(
    join(folder, MARKER),
    'A rehearsal environment of Lifeboat keeps its state here. Every start empties it.\n',
  );
  await requireReachable(folder, '--dir').catch((caught: Error) => {
    throw refuse(caught.message.replace(/^.*?, but /, ''), 'Choose a folder below /tmp: --dir /tmp/NAME');
  });
  return folder;
}
