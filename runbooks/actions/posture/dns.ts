import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { areaSchema } from './findings.ts';

/** The switch is there beforehand, stands on the protected side, and answers are not cached for long. */
export const postureDns = defineAction({
  id: 'posture.dns',
  title: 'Look at the DNS switch',
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
    ttlAtMostSeconds: z.int().positive(),
  }),
  output: areaSchema,
  permissions: [
    'route53:ListHostedZonesByName',
    'route53:ListResourceRecordSets',
    'route53:GetHealthCheck',
    's3:HeadObject',
  ],
  timeoutSeconds: 30,
  regionField: 'region',
});
