import type { ScheduleName } from '../client/lifeboat-schedules.ts';
import { LifeboatError } from '../domain/errors.ts';
import type { Configuration } from '../domain/service.ts';
import { serviceNamed } from './service-named.ts';

/**
 * The declared schedule of that id; ids are unique within a service only.
 * @throws LifeboatError DR_SCHEDULE_UNKNOWN, DR_SERVICE_UNKNOWN, DR_USAGE
 */
export function scheduleNamed(configuration: Configuration, id: string, service?: string): ScheduleName {
  const services =
    service === undefined ? Object.values(configuration.services) : [serviceNamed(configuration, service)];
  const all = services.flatMap(({ name, schedules }) =>
    (schedules ?? []).map((declared) => ({ service: name, id: declared.id })),
  );
  const [first, ...others] = all.filter((declared) => declared.id === id);
  if (!first) {
    throw new LifeboatError('DR_SCHEDULE_UNKNOWN', `no schedule '${id}' is declared`, {
      field: 'schedule',
      expected: all.map((declared) => declared.id),
      actual: id,
    });
  }
  if (others.length === 0) return first;
  throw new LifeboatError('DR_USAGE', `${others.length + 1} services declare a schedule '${id}': say which`, {
    field: '--service',
    expected: [first, ...others].map((declared) => declared.service),
    remedy: `--service ${first.service}`,
  });
}
