import type { RecordSet } from '../dns/record-set.ts';
import {
  addressIn,
  type Durations,
  type Endpoints,
  PROTECTED,
  PUBLIC_NAME,
  RECOVERY,
  REGIONS,
  SWITCH_BUCKET,
  SWITCH_KEY,
  writerName,
} from '../topology.ts';
import { url } from './configuration-file.ts';

const SWITCH_CHECK_ID = 'serve-from-eu-west-3-inverted';

/** Where Route 53's health checkers stand: somewhere else. */
const CHECKER_HOST = 50;

/** Healthy while the switch object is not there: putting the object moves the public name, and nothing moves it back. */
export const switchCheck = (endpoints: Endpoints) => ({
  id: SWITCH_CHECK_ID,
  url: `${url(endpoints.regions[RECOVERY].s3)}/${SWITCH_BUCKET}/${SWITCH_KEY}`,
  inverted: true,
  localAddress: addressIn('outside', CHECKER_HOST),
});

/** Records of the lab's zone: the public name as a failover pair, and each cluster's endpoint. */
export function zoneRecords(endpoints: Endpoints, durations: Durations): readonly RecordSet[] {
  const shared = { name: PUBLIC_NAME, type: 'A', ttlSeconds: durations.recordTtlSeconds } as const;
  return [
    {
      ...shared,
      setIdentifier: 'primary',
      failover: 'PRIMARY',
      healthCheckId: SWITCH_CHECK_ID,
      values: [endpoints.regions[PROTECTED].frontDoor.host],
    },
    {
      ...shared,
      setIdentifier: 'secondary',
      failover: 'SECONDARY',
      values: [endpoints.regions[RECOVERY].frontDoor.host],
    },
    ...REGIONS.map(
      (region): RecordSet => ({
        name: writerName(region),
        type: 'A',
        ttlSeconds: durations.recordTtlSeconds,
        values: [endpoints.regions[region].database.host],
      }),
    ),
  ];
}
