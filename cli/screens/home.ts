import type { ExecutionSummary } from '../../client/lifeboat-client.ts';
import { duration, instant, secondsBetween, target } from '../terminal/duration.ts';
import { type Cell, headline, LABEL_WIDTH, labelled, screen } from '../terminal/layout.ts';
import { type Offer, offers } from '../terminal/next-command.ts';
import type { Style } from '../terminal/style.ts';
import { padEnd, plain } from '../terminal/text-width.ts';
import type { ServiceHealth } from '../watching/service-health.ts';
import { askerText, statusWord } from './execution-words.ts';

export interface HomeView {
  readonly now: Date;
  readonly services: readonly ServiceHealth[];
  /** Running executions; `null` when Temporal could not be asked. */
  readonly running: readonly ExecutionSummary[] | null;
  /** Why it could not. */
  readonly runningUnknown: string | null;
}

/** What is wrong, since when, how much of the objective is left, and the one command to run next. */
export function renderHome(view: HomeView, style: Style): string {
  const lines = view.services.flatMap((health) => [...service(health, view, style), '']);
  const running = executions(view, style);
  return screen([...lines, ...running, ...offers('next', nextOf(view), style)], style);
}

function service(health: ServiceHealth, { now }: HomeView, style: Style): string[] {
  const { paint } = style;
  const words = {
    serving: { text: 'SERVING', paint: paint.good },
    down: {
      text: `DOWN since ${health.downSince ? instant(health.downSince, now) : 'before the watch remembers'}`,
      paint: paint.bad,
    },
    disputed: { text: 'DISPUTED: the vantages disagree', paint: paint.warn },
    silent: { text: 'UNKNOWN: the watch is silent', paint: paint.warn },
  } as const;
  const word = words[health.state];
  const length =
    health.state === 'down' && health.downSince ? ` (${duration(secondsBetween(health.downSince, now))})` : '';
  const region = health.servingRegion
    ? `${health.state === 'serving' ? 'serving region' : 'last served by'}: ${health.servingRegion}`
    : 'serving region unknown';
  const label = padEnd(health.service, LABEL_WIDTH);
  const head = headline(
    {
      text: `${label}${label.endsWith(' ') ? '' : ' '}${word.text}${length}`,
      paint: (text) => text.replace(word.text, word.paint(word.text)),
    },
    { text: region, paint: paint.quiet },
    style,
  );
  return [
    ...head,
    ...labelled('', booking(health, now), style),
    ...labelled('objectives', objectives(health, now), style),
  ];
}

function booking(health: ServiceHealth, now: Date): Cell[] {
  const cells: Cell[] = [];
  if (health.lastGoodAt !== null) {
    const ago = duration(secondsBetween(health.lastGoodAt, now));
    cells.push({ text: `last good booking ${instant(health.lastGoodAt, now, 3)} (${ago} ago)` });
  } else cells.push({ text: 'no good booking in what the watch remembers' });
  for (const vantage of health.vantages) {
    const seen = {
      up: 'sees it serving',
      down: `${vantage.misses} misses in a row${vantage.lastError ? `, last: ${plain(vantage.lastError)}` : ''}`,
      silent:
        vantage.lastSampleAt === null
          ? 'silent: no sample lately'
          : `silent since ${instant(vantage.lastSampleAt, now)}`,
    }[vantage.sees];
    cells.push({ text: `seen from ${vantage.id} (${vantage.place}): ${seen}` });
  }
  return cells;
}

function objectives(health: ServiceHealth, now: Date): string {
  const { rtoSeconds, rpoSeconds } = health.objectives;
  const rto = `RTO ${target(rtoSeconds)}`;
  const rpo = `RPO ${target(rpoSeconds)}`;
  if (health.state !== 'down' || health.downSince === null) return `${rto} · ${rpo}`;
  const left = rtoSeconds - secondsBetween(health.downSince, now);
  return left >= 0 ? `${rto} (${duration(left)} left) · ${rpo}` : `${rto} (EXCEEDED by ${duration(-left)}) · ${rpo}`;
}

function executions(view: HomeView, style: Style): string[] {
  if (view.running === null) {
    const text = `unknown: ${plain(view.runningUnknown ?? 'Temporal did not answer')}`;
    return labelled('executions', { text, paint: style.paint.warn }, style);
  }
  if (view.running.length === 0) return labelled('executions', 'none is running', style);
  const rows = view.running.map(
    (run): Cell => ({
      text: `${run.executionId}  ${run.mode === 'dry_run' ? 'dry run' : run.mode} ${run.runbook} · ${run.service} · ${statusWord(run.status)} · started by ${askerText(run.requestedBy)} ${instant(run.startedAt, view.now)}`,
    }),
  );
  return labelled('executions', rows, style);
}

/** What a stranger should type now. */
export function nextOf(view: HomeView): readonly Offer[] {
  // Only what moves a service holds its lock; a copy that runs meanwhile recovers nobody.
  const moving = view.running?.filter((run) => run.workflowId === `live/${run.service}`) ?? [];
  if (moving.length > 0) return moving.map((run) => ({ words: ['watch', run.executionId] }));
  const down = view.services.filter((health) => health.state === 'down' || health.state === 'disputed');
  const plans = down.map(
    (health): Offer => ({
      words: ['plan', 'region-failover', '--service', health.service, '--to', health.otherRegion],
      says: 'shows what it would do; changes nothing',
    }),
  );
  if (view.running === null || view.services.some((health) => health.state === 'silent'))
    plans.push({ words: ['doctor'] });
  return plans.length > 0 ? plans : [{ words: ['runs'], says: 'nothing is wrong; what ran before' }];
}
