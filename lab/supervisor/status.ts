import type { TemporalBinary } from '../parts/temporal-binary.ts';
import { BANNER, type Region } from '../topology.ts';
import { url } from './configuration-file.ts';
import type { Lab } from './lab.ts';
import { address } from './lab-context.ts';
import type { PartStatus } from './part.ts';
import { identityPath, LAB_PEOPLE } from './people.ts';

/** URLs, and `host:port` where the protocol is not HTTP. */
export interface RegionEndpoints {
  readonly rds: string;
  readonly s3: string;
  readonly kms: string;
  readonly kubernetes: string;
  readonly frontDoor: string;
  readonly database: string;
}

export interface LabEndpoints extends Readonly<Record<Region, RegionEndpoints>> {
  readonly 'us-east-1': { readonly route53: string };
  readonly 'eu-central-1': Readonly<Record<'temporal' | 'webhook' | 'resolver' | 'control', string>>;
  /** The same for a shell on this machine, which comes from 127.0.0.1. */
  readonly operator: Readonly<Record<Region, Pick<RegionEndpoints, 'rds' | 's3' | 'kms'>>> & {
    readonly 'us-east-1': { readonly route53: string };
  };
}

/** What `lab status --json` prints, and what everybody who works with a lab goes by. */
export interface LabStatus {
  readonly state: 'starting' | 'up' | 'stopping';
  readonly banner: string;
  readonly dir: string;
  readonly basePort: number;
  readonly supervisor: { readonly pid: number; readonly log: string; readonly startedAt: string };
  /** Milliseconds from the supervisor's start until everything was up; `null` before. */
  readonly upAfterMs: number | null;
  readonly temporal: TemporalBinary | null;
  readonly parts: readonly PartStatus[];
  /** `endpoints[region][service]`, as clients inside a place reach them; under `operator` the ones for a shell. */
  readonly endpoints: LabEndpoints;
  readonly faults: readonly string[];
  readonly files: {
    readonly configuration: string;
    readonly credentials: string;
    readonly callLog: string;
    readonly faults: string;
    readonly webhook: string;
    readonly evidence: string;
    readonly ledgerPublicKey: string;
    readonly watch: string;
    readonly lease: string;
    readonly observers: { readonly outside: string; readonly inside: string };
    /** Private key per person of the lab. */
    readonly identities: Readonly<Record<string, string>>;
  };
}

export function labStatus(lab: Lab, about: Pick<LabStatus, 'state' | 'supervisor' | 'upAfterMs'>): LabStatus {
  const { at, base, endpoints, parts, settings } = lab.context;
  const of = (region: Region) => ({
    rds: url(endpoints.regions[region].rds),
    s3: url(endpoints.regions[region].s3),
    kms: url(endpoints.regions[region].kms),
    kubernetes: url(endpoints.regions[region].kubernetes),
    frontDoor: url(endpoints.regions[region].frontDoor),
    database: address(endpoints.regions[region].database),
  });
  const operatorOf = (region: Region) => ({
    rds: url(endpoints.operator[region].rds),
    s3: url(endpoints.operator[region].s3),
    kms: url(endpoints.operator[region].kms),
  });
  return {
    ...about,
    banner: BANNER,
    dir: settings.dir,
    basePort: base,
    temporal: lab.temporal,
    parts: parts.status().map((part) => {
      const cutOff = part.pid === process.pid && lab.faults?.isCutOff(part.place);
      return cutOff ? { ...part, note: 'nobody reaches it' } : part;
    }),
    endpoints: {
      'eu-west-1': of('eu-west-1'),
      'eu-west-3': of('eu-west-3'),
      'us-east-1': { route53: url(endpoints.route53) },
      'eu-central-1': {
        temporal: address(endpoints.temporal),
        webhook: url(endpoints.webhook),
        resolver: address(endpoints.resolver),
        control: url(endpoints.control),
      },
      operator: {
        'eu-west-1': operatorOf('eu-west-1'),
        'eu-west-3': operatorOf('eu-west-3'),
        'us-east-1': { route53: url(endpoints.operator['us-east-1'].route53) },
      },
    },
    faults: lab.faults?.active ?? [],
    files: {
      configuration: at.configuration,
      credentials: at.credentials,
      callLog: at.callLog,
      faults: at.faults,
      webhook: at.webhook,
      evidence: at.evidence,
      ledgerPublicKey: at.ledgerPublicKey,
      watch: at.watch,
      lease: at.lease,
      observers: at.observers,
      identities: Object.fromEntries(LAB_PEOPLE.map(({ id }) => [id, identityPath(at, id)])),
    },
  };
}
