import { DescribeDBClustersCommand } from '@aws-sdk/client-rds';
import { done } from '../../domain/action.ts';
import { reachRegion } from '../../runbooks/actions/region/reach.ts';
import { implement } from '../attempt/implement.ts';
import { heard } from '../clients/heard.ts';

/** All three questions together take no longer than this. */
const LONGEST_MS = 2_000;

export const reach = implement(reachRegion, {
  async observe(clients, { region }, { service }) {
    const door = service.frontDoor[region];
    const [controlPlane, database, frontDoor] = await Promise.all([
      heard(
        'control plane',
        LONGEST_MS,
        clients
          .rds(region)
          .send(new DescribeDBClustersCommand({ DBClusterIdentifier: service.database.regions[region]?.cluster })),
      ),
      heard('database', LONGEST_MS, clients.query(region, 'select 1', [], 1_500)),
      door
        ? heard(
            'front door',
            LONGEST_MS,
            clients.http({ ...door, method: 'GET', path: door.readyPath, host: service.dns.name, timeoutMs: 1_500 }),
          )
        : { answered: false as const, because: 'front door: none is configured' },
    ]);
    return { controlPlane, database, frontDoor };
  },
  decide(_input, { controlPlane, database, frontDoor }, _acted, { observedAt }) {
    return done({
      reachable: controlPlane.answered && database.answered,
      controlPlane: controlPlane.answered,
      database: database.answered,
      frontDoor: frontDoor.answered,
      because: [controlPlane, database, frontDoor].flatMap((part) => (part.answered ? [] : [part.because])),
      decidedAt: observedAt,
    });
  },
});
