import type { Finding } from './doctor.ts';
import type { LabStatus } from './supervisor/status.ts';

const RUN = 'npm run --silent lab --';

/** What a person sees once a lab is up. */
export function upScreen(status: LabStatus): string {
  return [
    `LAB UP   after ${((status.upAfterMs ?? 0) / 1_000).toFixed(1)} s in ${status.dir}, ports from ${status.basePort}`,
    status.banner,
    '',
    ...partLines(status),
    '',
    'next',
    `  eval "$(${RUN} env)" && lifeboat          what is wrong, in this shell`,
    `  ${RUN} fault lose eu-west-1               the bad night`,
    `  ${RUN} status                             what runs, where, and which faults`,
    `  ${RUN} down                               ends it all`,
  ].join('\n');
}

export function statusScreen(status: LabStatus): string {
  const faults = status.faults.length > 0 ? status.faults.map((fault) => `  ${fault}`) : ['  none'];
  return [
    `LAB ${status.state.toUpperCase()}   ${status.dir}, ports from ${status.basePort}, supervisor ${status.supervisor.pid}`,
    status.banner,
    ...(status.temporal ? [`${status.temporal.version}, from ${status.temporal.from}`] : []),
    '',
    ...partLines(status),
    '',
    'faults',
    ...faults,
    '',
    `next   ${RUN} fault lose eu-west-1 | heal | logs PART | env | down`,
  ].join('\n');
}

/** Parts by place, one line each; what is not running says why. */
function partLines(status: LabStatus): readonly string[] {
  const places = [...new Set(status.parts.map((part) => part.place))].sort();
  const width = Math.max(...status.parts.map((part) => part.name.length));
  return places.flatMap((place) => [
    place,
    ...status.parts
      .filter((part) => part.place === place)
      .map(({ name, state, pid, address, note }) => {
        const running = state === 'running' ? '✓' : state === 'starting' ? '…' : '✗';
        const words = [state === 'running' ? '' : state, note ?? ''].filter(Boolean).join(': ');
        const where = `${(address ?? '').padEnd(19)}  ${pid === null ? '' : `pid ${pid}`}`.padEnd(33);
        return `  ${running} ${name.padEnd(width)}  ${where}${words}`.trimEnd();
      }),
  ]);
}

const SYMBOL: Readonly<Record<Finding['verdict'], string>> = { ok: '✓', missing: '✗', later: '·', optional: '·' };

export function doctorScreen(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map((finding) => finding.what.length));
  const lines = findings.flatMap(({ what, verdict, says, remedy }) => [
    `${SYMBOL[verdict]} ${what.padEnd(width)}  ${says}`,
    ...(remedy ? [`  ${' '.repeat(width)}  → ${remedy}`] : []),
  ]);
  const blocked = findings.filter((finding) => finding.verdict === 'missing').length;
  const verdict = blocked === 0 ? `A lab can start: ${RUN} up` : `${blocked} missing: a lab cannot start yet.`;
  return [...lines, '', verdict].join('\n');
}
