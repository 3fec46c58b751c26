/** A participant as a process of its own: prints one JSON line every 20 ms with what it believes. */
import { FolderLeaseStore, LeaseParticipant } from '../../../lease/participant.ts';

const { folder, id, region } = JSON.parse(process.argv[2]!) as { folder: string; id: string; region: string };
const store = new FolderLeaseStore({ folder, ttlMs: 800 });
const participant = new LeaseParticipant({ store, id, region, rechecks: true, boundsTransactions: true });
await participant.start();
setInterval(() => {
  const { epoch } = participant;
  process.stdout.write(`${JSON.stringify({ at: Date.now(), holds: participant.holds(), epoch })}\n`);
}, 20);
process.on('disconnect', () => process.exit());
