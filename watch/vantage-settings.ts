import { LifeboatError } from '../domain/errors.ts';
import type { Configuration } from '../domain/service.ts';

/** What one vantage needs to know. */
export interface VantageSettings {
  readonly service: string;
  readonly vantage: string;
  /** Public name, and the port behind it. */
  readonly name: string;
  readonly port: number;
  readonly practitioner: string;
  readonly intervalMs: number;
  /** For the whole of a canary: resolving, connecting, answer. */
  readonly timeoutMs: number;
  readonly resolvers: readonly string[];
  readonly localAddress: string | null;
  /** `<control.watch>/<service>` */
  readonly folder: string;
}

/** @throws LifeboatError DR_SERVICE_UNKNOWN, or DR_USAGE when the service has no such vantage. */
export function vantageSettings(configuration: Configuration, serviceName: string, vantage: string): VantageSettings {
  const service = configuration.services[serviceName];
  if (!service) {
    throw new LifeboatError('DR_SERVICE_UNKNOWN', `the configuration has no service '${serviceName}'`, {
      field: 'service',
      actual: serviceName,
      expected: Object.keys(configuration.services),
    });
  }
  const { watch, dns, frontDoor, regions } = service;
  if (!watch.vantages.some(({ id }) => id === vantage)) {
    throw new LifeboatError('DR_USAGE', `service '${serviceName}' has no vantage '${vantage}'`, {
      field: 'vantage',
      actual: vantage,
      expected: watch.vantages.map(({ id }) => id),
      remedy: 'watch CONFIG SERVICE VANTAGE, with a vantage of the configuration',
    });
  }
  return {
    service: serviceName,
    vantage,
    name: dns.name,
    port: frontDoor[regions.protected]!.port,
    practitioner: watch.practitioner,
    intervalMs: watch.intervalMs,
    timeoutMs: watch.timeoutMs,
    resolvers: configuration.network.resolvers ?? [],
    localAddress: configuration.network.localAddress ?? null,
    folder: `${configuration.control.watch}/${serviceName}`,
  };
}
