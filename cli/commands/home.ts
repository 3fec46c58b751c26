import type { ExecutionSummary } from '../../client/lifeboat-client.ts';
import { shapeOf } from '../../domain/errors.ts';
import { type HomeView, nextOf, renderHome } from '../screens/home.ts';
import type { Session } from '../session.ts';
import { readSampleTails } from '../watching/sample-tail.ts';
import { serviceHealth } from '../watching/service-health.ts';

const LATEST = 200;

/** Bare `lifeboat`: what is wrong, and what next. It answers without Temporal too: on the night it counts, that may be gone. */
export async function home(session: Session): Promise<number> {
  const configuration = await session.configuration();
  const services = Object.values(configuration.services);
  const [{ tails, now }, running] = await Promise.all([
    // The age of a sample counts from when it was read: Temporal may take seconds to say that it is gone.
    Promise.all(services.map((service) => readSampleTails(configuration, service, session.now()))).then((read) => ({
      tails: read,
      now: session.now(),
    })),
    runningExecutions(session),
  ]);
  const view: HomeView = {
    now,
    services: services.map((service, at) => serviceHealth(service, tails[at]!, now)),
    ...running,
  };
  const next = nextOf(view).map(({ words }) => ['lifeboat', ...words]);
  session.report.result('home', { ...view, now: now.toISOString(), next }, (style) => renderHome(view, style));
  return 0;
}

async function runningExecutions(session: Session): Promise<Pick<HomeView, 'running' | 'runningUnknown'>> {
  try {
    const client = await session.client();
    const all: readonly ExecutionSummary[] = await client.list({ limit: LATEST });
    return { running: all.filter((run) => run.endedAt === null && run.mode !== 'dry_run'), runningUnknown: null };
  } catch (caught) {
    return { running: null, runningUnknown: shapeOf(caught).message };
  }
}
