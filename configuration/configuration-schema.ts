import { z } from 'zod';
import { addressAndPort, hostAndPort, httpUrl, ipAddress, nonEmpty, path, slug } from './field-schemas.ts';
import { serviceSchema } from './service-schema.ts';

const endpoints = z.strictObject({
  rds: httpUrl.exactOptional(),
  s3: httpUrl.exactOptional(),
  route53: httpUrl.exactOptional(),
  kms: httpUrl.exactOptional(),
});

export const configurationSchema = z.strictObject({
  environment: slug('a name'),
  banner: nonEmpty('one line of text').exactOptional(),
  temporal: z.strictObject({
    address: hostAndPort,
    namespace: nonEmpty('a Temporal namespace'),
    taskQueue: nonEmpty('a task queue'),
  }),
  control: z.strictObject({
    evidence: path('the evidence folder'),
    lease: path('the lease folder'),
    watch: path('the folder of samples'),
    ledgerKey: path('the private key that signs ledger entries'),
    ledgerPublicKey: path('its public half'),
  }),
  network: z.strictObject({
    localAddress: ipAddress.exactOptional(),
    resolvers: z.array(addressAndPort).exactOptional(),
  }),
  aws: z.strictObject({
    endpoints: z.record(z.string(), endpoints).exactOptional(),
    planProfile: nonEmpty('the name of a profile').exactOptional(),
    executeProfile: nonEmpty('the name of a profile').exactOptional(),
  }),
  infrastructure: z.strictObject({ binary: path('a Terraform-compatible binary') }).exactOptional(),
  services: z.record(slug('the name of a service'), serviceSchema),
});

export type ConfigurationFile = z.output<typeof configurationSchema>;
