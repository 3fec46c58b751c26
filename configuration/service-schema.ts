import { z } from 'zod';
import {
  clusterArn,
  domainName,
  httpPath,
  httpUrl,
  ipAddress,
  nonEmpty,
  oneOf,
  path,
  personId,
  port,
  region,
  slug,
  sqlIdentifier,
  wholeNumber,
} from './field-schemas.ts';
import { backups, coldRecovery, restorePlacement, schedule, validation } from './restore-schema.ts';

const objectives = z.strictObject({
  rtoSeconds: wholeNumber(1, 604_800, 'seconds'),
  rpoSeconds: wholeNumber(0, 604_800, 'seconds'),
  restoreSeconds: wholeNumber(1, 604_800, 'seconds').exactOptional(),
  exposureSeconds: wholeNumber(1, 31_622_400, 'seconds').exactOptional(),
});

const person = z.strictObject({
  id: personId,
  roles: z.array(oneOf(['operator', 'approver'])),
  publicKey: nonEmpty('an Ed25519 public key, SPKI DER in base64, as lifeboat identity new prints it'),
});

const dns = z.strictObject({
  name: domainName,
  zone: domainName,
  ttlSeconds: wholeNumber(0, 86_400, 'seconds'),
  switch: z.strictObject({
    kind: oneOf(['object']),
    region,
    bucket: nonEmpty('the name of a bucket'),
    key: nonEmpty('the key of an object'),
  }),
});

const database = z.strictObject({
  globalCluster: nonEmpty('the name of a global cluster'),
  databaseName: nonEmpty('the name of a database'),
  user: nonEmpty('a database user'),
  passwordFile: path('a file holding the password').exactOptional(),
  regions: z.record(
    region,
    z.strictObject({
      cluster: nonEmpty('the name of a cluster'),
      arn: clusterArn,
      restore: restorePlacement.exactOptional(),
    }),
  ),
  probeTable: sqlIdentifier,
  canary: z.strictObject({ table: sqlIdentifier, vantageColumn: sqlIdentifier, numberColumn: sqlIdentifier }),
  validation: validation.exactOptional(),
});

const compute = z.strictObject({
  server: httpUrl,
  tokenFile: path('a file holding the bearer token'),
  deployments: z.array(
    z.strictObject({
      name: nonEmpty('the name of a deployment'),
      namespace: nonEmpty('the name of a namespace'),
      replicas: wholeNumber(1, 1_000, 'replicas'),
    }),
  ),
});

const watch = z.strictObject({
  intervalMs: wholeNumber(10, 60_000, 'milliseconds'),
  timeoutMs: wholeNumber(50, 60_000, 'milliseconds'),
  vantages: z.array(z.strictObject({ id: slug('an id'), place: region })),
  practitioner: nonEmpty('the id of a synthetic practitioner'),
});

const fence = z.strictObject({
  method: oneOf(['lease', 'unproven']),
  leaseTtlMs: wholeNumber(100, 600_000, 'milliseconds'),
  pauseMarginMs: wholeNumber(0, 600_000, 'milliseconds'),
  driftMarginMs: wholeNumber(0, 600_000, 'milliseconds'),
});

export const serviceSchema = z.strictObject({
  /** May be left out: the key under `services` is the name. */
  name: slug('a name').exactOptional(),
  regions: z.strictObject({ protected: region, recovery: region }),
  objectives,
  people: z.array(person),
  dns,
  database,
  compute: z.record(region, compute),
  frontDoor: z.record(region, z.strictObject({ address: ipAddress, port: port(), readyPath: httpPath })),
  watch,
  fence,
  notify: z.array(z.strictObject({ kind: oneOf(['webhook']), url: httpUrl })),
  schedules: z.array(schedule).exactOptional(),
  backups: backups.exactOptional(),
  coldRecovery: coldRecovery.exactOptional(),
});
