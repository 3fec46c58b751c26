import { ZoneChangeRefused } from '../../dns/zone.ts';
import { escapedName } from '../../dns/zone-change.ts';
import { readChangeRequest } from './change-request.ts';
import { requireZone } from './hosted-zones.ts';
import type { Operation } from './operation.ts';
import { noSuchHealthCheck, Route53Error } from './route53-error.ts';

export const changeResourceRecordSets: Operation = {
  name: 'ChangeResourceRecordSets',
  method: 'POST',
  path: 'hostedzone/{id}/rrset',
  mutating: true,
  handle: ({ zone, checks, changes: submitted }, { id, body }) => {
    requireZone(zone, id);
    const { comment, changes } = readChangeRequest(body);
    for (const { action, record } of changes) {
      const check = record.healthCheckId;
      if (action !== 'DELETE' && check !== undefined && !checks.has(check)) throw noSuchHealthCheck(check);
    }
    try {
      zone.apply(changes);
    } catch (caught) {
      if (!(caught instanceof ZoneChangeRefused)) throw caught;
      throw new Route53Error(400, 'InvalidChangeBatch', `[${caught.messages.join(', ')}]`);
    }
    const names = new Set(changes.map(({ record }) => escapedName(record.name)));
    return { target: [...names].join(', '), body: { ChangeInfo: submitted.submit(comment) } };
  },
};

export const getChange: Operation = {
  name: 'GetChange',
  method: 'GET',
  path: 'change/{id}',
  mutating: false,
  handle: ({ changes }, { id }) => ({ body: { ChangeInfo: changes.describe(id) } }),
};
