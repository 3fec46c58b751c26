import type { Service } from '../domain/service.ts';
import { EXAMPLE_SERVICE } from '../runbooks/example-service.ts';
import { serviceNamed } from './service-named.ts';
import type { Session } from './session.ts';

/** The service a runbook is shown for: the one named, else the first of the configuration, else an example. */
export async function subjectService(session: Session, named: string | undefined): Promise<Service> {
  if (named === undefined && session.configurationPath === null) return EXAMPLE_SERVICE;
  const configuration = await session.configuration();
  if (named !== undefined) return serviceNamed(configuration, named);
  return Object.values(configuration.services)[0] ?? EXAMPLE_SERVICE;
}
