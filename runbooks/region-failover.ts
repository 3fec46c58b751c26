import { z } from 'zod';
import { defineRunbook } from './language/runbook.ts';
import { moveOf } from './region-failover/move.ts';
import { promoteStandby } from './region-failover/promote-standby.ts';
import { restoreCopy } from './region-failover/restore-copy.ts';

export const regionFailover = defineRunbook({
  id: 'region-failover',
  version: 1,
  title: 'Move the service to its recovery region',
  workflow: 'regionFailover',
  exclusive: 'service',
  owner: 'platform on-call',
  severity: 'SEV-1',
  whenNotToUse: [
    'The region answers and customers are merely slow: find the cause first.',
    'One availability zone is lost: the database and the pods move within the region by themselves.',
    'A deploy broke the service: roll it back, which is faster and loses nothing.',
    'The move is planned and both regions are healthy: a switchover loses nothing, this may. It is not built: move by hand.',
  ],
  triggers: [
    {
      event: 'The protected region does not answer',
      severity: 'SEV-1',
      detection: 'The watch misses 3 canary bookings in a row and the region’s own front door does not answer.',
      automatic: 'None. Lifeboat never fails over by itself.',
      manual:
        'lifeboat plan region-failover --service SERVICE --to REGION, then the start command it prints; a second person approves.',
    },
    {
      event: 'Writes fail in the protected region and cannot be mended there in time',
      severity: 'SEV-1',
      detection: 'The watch misses canary bookings; the database team says so.',
      automatic: 'None.',
      manual: 'The same. The fence keeps the old region from writing on, as far as its writers take part in the lease.',
    },
  ],
  pointOfNoReturn:
    'promote-database (adopt-restored, where a copy is restored): from then on what had not been replicated, or copied, is lost, and going back is a move of its own.',
  parameters: z.object({
    /** Region to serve from: the recovery region. */
    to: z.string().min(1),
    /** `failover`: the standby becomes the writer. `restore`: nothing stands there; the stack is brought up and the newest copy restored. */
    strategy: z.enum(['failover', 'restore']).default('failover'),
    /** People who must approve, the asker not among them. */
    quorum: z.int().min(1).max(3).default(1),
    /** `restore` only: the most that may be lost, in seconds; the exposure objective unless something else is said. */
    lossAtMostSeconds: z.int().positive().optional(),
  }),
  example: (service) => ({ to: service.regions.recovery }),

  build(tools) {
    const move = moveOf(tools.service, tools.params.to);
    if (tools.params.strategy === 'restore') restoreCopy(tools, move);
    else promoteStandby(tools, move);
  },
});
