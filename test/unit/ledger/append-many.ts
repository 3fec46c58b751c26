/** Run as a process of its own: appends so many executions' openings to a folder. */
import { loadSigningKey } from '../../../identity/load-identity.ts';
import { FolderLedgerStore } from '../../../ledger/folder-ledger-store.ts';
import { Ledger } from '../../../ledger/ledger.ts';
import { draft } from './draft.ts';

const [folder, keyPath, writer, count] = process.argv.slice(2);
const ledger = new Ledger(new FolderLedgerStore(folder!), await loadSigningKey(keyPath!));
for (let number = 0; number < Number(count); number++) {
  await ledger.append(draft('opened', `${writer}-${number}`));
}
