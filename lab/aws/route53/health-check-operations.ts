import { isIPv4 } from 'node:net';
import type { HealthCheckStatus, HealthChecks } from '../../dns/health-checks.ts';
import { type Operation, pageSize } from './operation.ts';
import { noSuchHealthCheck } from './route53-error.ts';
import type { XmlValue } from './xml.ts';

const MOST_CHECKS = 100;

function requireStatus(checks: HealthChecks, id: string): HealthCheckStatus {
  if (!checks.has(id)) throw noSuchHealthCheck(id);
  return checks.status(id);
}

/** The configuration as a client needs it to see what is watched and how: address, port, path, inverted or not. */
function view({ check, intervalMs, threshold }: HealthCheckStatus): XmlValue {
  const url = new URL(check.url);
  return {
    Id: check.id,
    CallerReference: check.id,
    HealthCheckConfig: {
      ...(isIPv4(url.hostname) ? { IPAddress: url.hostname } : {}),
      Port: Number(url.port || 80),
      Type: 'HTTP',
      ResourcePath: `${url.pathname}${url.search}`,
      ...(isIPv4(url.hostname) ? {} : { FullyQualifiedDomainName: url.hostname }),
      // Seconds on the wire. Route 53 knows 10 and 30 only; the lab says what it really does, rounded up to a whole one.
      RequestInterval: Math.max(1, Math.round(intervalMs / 1_000)),
      FailureThreshold: threshold,
      MeasureLatency: false,
      Inverted: check.inverted,
      Disabled: false,
      EnableSNI: false,
    },
    HealthCheckVersion: 1,
  };
}

export const listHealthChecks: Operation = {
  name: 'ListHealthChecks',
  method: 'GET',
  path: 'healthcheck',
  mutating: false,
  handle: ({ checks }, { query }) => {
    const size = pageSize(query, MOST_CHECKS);
    const marker = query.get('marker') ?? '';
    const ids = [...checks.ids()].sort();
    if (marker !== '' && !ids.includes(marker)) throw noSuchHealthCheck(marker);
    const rest = ids.filter((id) => id >= marker);
    const page = rest.slice(0, size);
    const next = rest[size];
    return {
      body: {
        HealthChecks: page.length > 0 ? { HealthCheck: page.map((id) => view(checks.status(id))) } : '',
        Marker: marker,
        IsTruncated: next !== undefined,
        ...(next === undefined ? {} : { NextMarker: next }),
        MaxItems: size,
      },
    };
  },
};

export const getHealthCheck: Operation = {
  name: 'GetHealthCheck',
  method: 'GET',
  path: 'healthcheck/{id}',
  mutating: false,
  handle: ({ checks }, { id }) => ({ body: { HealthCheck: view(requireStatus(checks, id)) } }),
};

/** What the checker saw at the endpoint: not inverted, as in Route 53. */
export const getHealthCheckStatus: Operation = {
  name: 'GetHealthCheckStatus',
  method: 'GET',
  path: 'healthcheck/{id}/status',
  mutating: false,
  handle: ({ checks }, { id }) => {
    const { last, check } = requireStatus(checks, id);
    const observation = last && {
      Region: 'us-east-1',
      IPAddress: check.localAddress,
      StatusReport: { Status: last.says, CheckedTime: last.at.toISOString() },
    };
    return { body: { HealthCheckObservations: observation ? { HealthCheckObservation: observation } : '' } };
  },
};
