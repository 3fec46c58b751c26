import { z } from 'zod';
import { defineAction } from '../../language/action.ts';

/**
 * Looks whether the latched switch is ready: failover records for the name, the primary keyed to an inverted health check on
 * the switch object. The record store is a distant control plane (us-east-1): when it does not answer, the records stay
 * `unverified`, a warning says so, and the move goes on, because the switch itself does not need it.
 * Refuses with `DR_SWITCH_NOT_READY` when the records were read and could not move traffic.
 */
export const checkSwitch = defineAction({
  id: 'dns.checkSwitch',
  title: 'Check the DNS switch and its time to live',
  role: 'check',
  effect: 'observe',
  drill: 'safe',
  input: z.object({
    name: z.string(),
    zone: z.string(),
    /** Region whose object store holds the switch. */
    region: z.string(),
    bucket: z.string(),
    key: z.string(),
    protectedAddress: z.string(),
    recoveryAddress: z.string(),
    /** Warn above this. */
    ttlAtMostSeconds: z.int().positive(),
  }),
  output: z.object({
    /** Which side the switch stands on now: `recovery` while the object exists. */
    state: z.enum(['protected', 'recovery']),
    /** Entity tag of the switch object, when it exists. */
    etag: z.string().nullable(),
    records: z.enum(['verified', 'unverified']),
    /** `null` while the records are unverified. */
    ttlSeconds: z.int().nonnegative().nullable(),
    recordedAddresses: z.object({ protected: z.array(z.string()), recovery: z.array(z.string()) }),
    warnings: z.array(z.string()),
  }),
  permissions: [
    'route53:ListHostedZonesByName',
    'route53:ListResourceRecordSets',
    'route53:GetHealthCheck',
    's3:HeadObject',
  ],
  timeoutSeconds: 20,
  regionField: 'region',
});
