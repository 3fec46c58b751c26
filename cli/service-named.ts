import { LifeboatError } from '../domain/errors.ts';
import type { Configuration, Service } from '../domain/service.ts';

/** @throws LifeboatError DR_SERVICE_UNKNOWN */
export function serviceNamed(configuration: Configuration, name: string): Service {
  const service = configuration.services[name];
  if (service && Object.hasOwn(configuration.services, name)) return service;
  const known = Object.keys(configuration.services);
  throw new LifeboatError('DR_SERVICE_UNKNOWN', `the configuration declares no service '${name}'`, {
    field: 'service',
    expected: known,
    actual: name,
    remedy: `--service ${known[0] ?? 'NAME'}`,
  });
}
