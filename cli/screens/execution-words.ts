import type { Effect } from '../../domain/action.ts';
import type { ExecutionOutcome, ExecutionRequest, ExecutionSnapshot, ExecutionState } from '../../domain/execution.ts';
import type { PlanStep } from '../../domain/plan.ts';
import type { Configuration } from '../../domain/service.ts';
import type { Paint } from '../terminal/paint.ts';
import { plain } from '../terminal/text-width.ts';

/** Where a service moves from and to. */
export interface Route {
  readonly service: string;
  /** `null` when the configuration does not know the service (any more). */
  readonly from: string | null;
  readonly to: string | null;
}

export function routeOf(
  request: Pick<ExecutionRequest, 'service' | 'parameters'>,
  configuration?: Configuration,
): Route {
  const regions = configuration?.services[request.service]?.regions;
  const to = typeof request.parameters['to'] === 'string' ? request.parameters['to'] : null;
  const from =
    regions === undefined || to === null ? null : to === regions.recovery ? regions.protected : regions.recovery;
  return { service: request.service, from, to };
}

export function routeText(route: Route): string {
  if (route.to === null) return route.service;
  return route.from === null ? `${route.service} → ${route.to}` : `${route.service}  ${route.from} → ${route.to}`;
}

/** What an execution is about: where a service moves, or what is done for it. */
export function subjectText(
  request: Pick<ExecutionRequest, 'runbook' | 'service' | 'parameters'>,
  configuration?: Configuration,
): string {
  const route = routeOf(request, configuration);
  return route.to === null ? `${request.runbook} · ${request.service}` : routeText(route);
}

const SCHEDULE = /^schedule:/;

/** Who asked: a person, or `schedule pitr-restore`. */
export const askerText = (requestedBy: string): string => plain(requestedBy.replace(SCHEDULE, 'schedule '));

/** Nobody sits behind a schedule. */
export const askedBySchedule = (requestedBy: string): boolean => SCHEDULE.test(requestedBy);

/** DRILL, LIVE and DRY RUN differ in words first. */
export const modeWord = (mode: string): string => (mode === 'dry_run' ? 'DRY RUN' : mode.toUpperCase());
export const modePaint = (mode: string, paint: Paint): ((text: string) => string) =>
  mode === 'live' ? paint.live : paint.rehearsal;

/** The effect of a step, and whether it can be taken back: `change ↺`, `irreversible`. */
export function effectWord(step: Pick<PlanStep, 'effect' | 'undo'>): string {
  const word: Effect = step.effect;
  return word === 'change' && step.undo ? 'change ↺' : word;
}

const STATE_WORDS: Readonly<Record<ExecutionState, string>> = {
  compiling: 'making the plan',
  running: 'running',
  waiting_for_people: 'waiting for approval',
  step_failed: 'a step failed, waiting for a decision',
  paused: 'paused',
  aborting: 'aborting',
  sealing: 'writing its record',
  ended: 'ended',
};

export const stateWord = (snapshot: Pick<ExecutionSnapshot, 'state' | 'outcome'>): string =>
  snapshot.outcome === null ? STATE_WORDS[snapshot.state] : outcomeWord(snapshot.outcome);

/** Also for summaries, whose status may be a state, an outcome or something newer than this program. */
export const statusWord = (status: string): string =>
  status in STATE_WORDS ? STATE_WORDS[status as ExecutionState] : status.replaceAll('_', ' ');

export const outcomeWord = (outcome: ExecutionOutcome): string => outcome.replaceAll('_', ' ');

/** Words of a person, on one line, in quotation marks. */
export const quoted = (text: string): string => `“${plain(text)}”`;
