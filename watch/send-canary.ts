import type { WatchSample } from '../domain/watch-sample.ts';
import { type Answer, freshRequest, TimedOut } from './fresh-request.ts';
import type { VantageSettings } from './vantage-settings.ts';

type Verdict = Pick<WatchSample, 'outcome' | 'servedBy' | 'epoch' | 'error'>;

/** Books one canary by the public name. Never throws: what went wrong is the sample. */
export async function sendCanary(settings: VantageSettings, number: number): Promise<WatchSample> {
  const { vantage, practitioner } = settings;
  const id = `canary-${vantage}-${number}`;
  const body = JSON.stringify({ id, practitioner, vantage, number, canary: true });
  // Wall clock once, then monotonic: a clock that is set meanwhile changes no duration.
  const at = Date.now();
  const begun = performance.now();
  const verdict = await freshRequest(settings, { method: 'POST', path: '/bookings', body }).then(
    (answer) => verdictOf(answer, id),
    failed,
  );
  return { vantage, number, at, doneAt: at + Math.round(performance.now() - begun), ...verdict };
}

/** Acknowledged means: this booking, by somebody who says where. */
function verdictOf({ status, headers, body }: Answer, id: string): Verdict {
  const said = parse(body);
  if (status !== 200 && status !== 201) {
    const reason = typeof said['error'] === 'string' ? `: ${said['error'].slice(0, 200)}` : '';
    return refused(`HTTP ${status}${reason}`);
  }
  if (said['id'] !== id) return refused(`HTTP ${status}, but for another booking than '${id}'`);
  const region = said['region'] ?? headers['x-served-by'];
  const epoch = said['epoch'] ?? Number.parseInt(String(headers['x-epoch']), 10);
  return {
    outcome: 'acknowledged',
    servedBy: typeof region === 'string' ? region : null,
    epoch: typeof epoch === 'number' && Number.isInteger(epoch) ? epoch : null,
    error: null,
  };
}

function failed(caught: unknown): Verdict {
  if (caught instanceof TimedOut) return { outcome: 'timed_out', servedBy: null, epoch: null, error: caught.message };
  const { code, message, syscall } = caught as NodeJS.ErrnoException;
  return refused(code ? `${syscall ?? 'request'} ${code}` : message);
}

const refused = (error: string): Verdict => ({ outcome: 'refused', servedBy: null, epoch: null, error });

function parse(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
