/** One pod of the booking service, as a process. Its only argument is `BookingSettings` as JSON. */
import pino from 'pino';
import { FolderLeaseStore, LeaseParticipant } from '../../lease/participant.ts';
import { BookingService } from './booking-service.ts';
import { Database } from './database.ts';
import { httpApi, type ServedRequest } from './http-api.ts';
import { lifeline } from './lifeline.ts';
import type { BookingSettings } from './settings.ts';

const settings = JSON.parse(process.argv[2] ?? '{}') as BookingSettings;
const { id, region, host, port, honoursLease } = settings;
const log = pino({ level: settings.logLevel ?? 'info', base: { pod: id, region } });

const lease = new LeaseParticipant({
  store: new FolderLeaseStore({ folder: settings.leaseDir, ttlMs: settings.leaseTtlMs }),
  id,
  region,
  // Said even where the service then ignores the lease: a broken promise looks like this to a fence.
  rechecks: true,
  boundsTransactions: true,
  onChange: (state) => log.info({ lease: state }, 'lease'),
});
const database = new Database(settings);
const service = new BookingService({ region, database, lease, honoursLease });
const server = httpApi(service, (request: ServedRequest) => {
  const probe = request.route === '/readyz' || request.route === '/healthz';
  log[probe ? 'debug' : 'info']({ request }, 'served');
});

lifeline(async () => {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  await closed;
  await Promise.all([lease.stop(), database.close()]);
  log.info('closed');
});
server.once('error', (error) => {
  log.fatal({ error: error.message }, `cannot listen on ${host}:${port}`);
  process.exit(1);
});
server.listen(port, host, () => log.info({ host, port, honoursLease }, 'listening'));
void lease.start();
