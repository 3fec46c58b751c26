import type { Service } from '../../domain/service.ts';
import { type Finding, unknownParts } from '../../runbooks/actions/posture/findings.ts';
import type { PostureReading, PostureWord } from '../posture-reading.ts';
import { dotted, headline, labelled, screen } from '../terminal/layout.ts';
import { foreignCommand, offers } from '../terminal/next-command.ts';
import type { Paint } from '../terminal/paint.ts';
import type { Style } from '../terminal/style.ts';
import { plain } from '../terminal/text-width.ts';

export interface PostureView {
  readonly service: Service;
  readonly executionId: string;
  readonly reading: PostureReading;
}

const GROUPS = [
  { title: '✗ critical', verdict: 'finding', severity: 'critical', paint: 'bad' },
  { title: '? critical', verdict: 'unknown', severity: 'critical', paint: 'warn' },
  { title: '! warning', verdict: 'finding', severity: 'warning', paint: 'warn' },
  { title: '? warning', verdict: 'unknown', severity: 'warning', paint: 'warn' },
] as const;

/** What would go wrong tonight, worst first: what, why it matters, what to do. The last line is the verdict. */
export function renderPostures(views: readonly PostureView[], style: Style): string {
  const whole = views.flatMap((view, at) => [...(at === 0 ? [] : ['']), ...posture(view, style)]);
  return screen(views.length > 1 ? [...whole, '', ...overall(views, style)] : whole, style);
}

function posture({ service, executionId, reading }: PostureView, style: Style): string[] {
  const { paint } = style;
  const { protected: home, recovery } = service.regions;
  return [
    ...headline(
      {
        text: `POSTURE      ${service.name} · ${home}, recovery in ${recovery}`,
        paint: (text) => text.replace('POSTURE', paint.rehearsal('POSTURE')),
      },
      { text: 'nothing was or will be changed', paint: paint.quiet },
      style,
    ),
    ...labelled('looked as', executionId, style),
    ...GROUPS.flatMap((group) => {
      const members = reading.findings.filter(
        ({ verdict, severity }) => verdict === group.verdict && severity === group.severity,
      );
      return alike(members).flatMap((findings) => ['', ...block(findings, group, style)]);
    }),
    '',
    ...fineOnes(reading.findings, style),
    ...(reading.word === 'ready'
      ? []
      : offers('next', [{ words: ['posture', '--service', service.name], says: 'when that is mended' }], style)),
    ...verdictLine(reading, style),
  ];
}

/** Questions that one silence left open stand together: a region that is gone is one fact, not twenty. */
function alike(findings: readonly Finding[]): readonly (readonly Finding[])[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const { because } = unknownParts(finding.what);
    const key = finding.verdict === 'unknown' && because !== null ? `${because} ${finding.remedy}` : finding.id;
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...groups.values()];
}

function block(findings: readonly Finding[], { title, paint }: (typeof GROUPS)[number], style: Style): string[] {
  const [first] = findings;
  if (!first) return [];
  const named = ({ what, id }: Finding): string => `${plain(what)} (${id})`;
  const { because } = unknownParts(first.what);
  const single = findings.length === 1;
  const texts = single
    ? [named(first)]
    : [
        `unknown, ${plain(because ?? '')}:`,
        ...findings.map((one) => `– ${named({ ...one, what: unknownParts(one.what).about })}`),
      ];
  const lines = labelled(
    title,
    texts.map((text) => ({ text })),
    style,
  );
  return [
    ...lines.map((line, at) => (at === 0 ? line.replace(title, style.paint[paint](title)) : line)),
    ...(single ? labelled('  why', { text: plain(first.why), paint: style.paint.quiet }, style) : []),
    ...remedy(first, style),
  ];
}

/** A command at the end of a remedy stands on lines of its own, so that it can be copied. */
function remedy(finding: Finding, style: Style): string[] {
  const [, says, command] = /^(.+?:) ((?:lifeboat|aws|kubectl) .+)$/.exec(plain(finding.remedy)) ?? [];
  if (says === undefined || command === undefined) return labelled('  do', plain(finding.remedy), style);
  const words = command.split(' ');
  const lines =
    words[0] === 'lifeboat' ? offers('', [{ words: words.slice(1) }], style) : foreignCommand(command, style);
  return [...labelled('  do', says, style), ...lines];
}

function fineOnes(findings: readonly Finding[], style: Style): string[] {
  const fine = findings.filter(({ verdict }) => verdict === 'fine');
  if (fine.length === 0) return labelled('✓ fine', 'nothing', style);
  const text = dotted(fine.map(({ id }) => id));
  return labelled('✓ fine', text, style).map((line) => line.replace('✓ fine', style.paint.good('✓ fine')));
}

const WORDS: Readonly<Record<PostureWord, { readonly text: string; readonly paint: keyof Paint }>> = {
  ready: { text: 'READY', paint: 'good' },
  warnings: { text: 'WARNINGS', paint: 'warn' },
  unknown: { text: 'UNKNOWN', paint: 'warn' },
  not_ready: { text: 'NOT READY', paint: 'bad' },
};

function verdictLine({ word, findings }: PostureReading, style: Style): string[] {
  const { text, paint } = WORDS[word];
  const rows = labelled('verdict', `${text}   ${counts(findings)}`, style);
  return rows.map((row) => row.replace(text, style.paint[paint](text)));
}

function counts(findings: readonly Finding[]): string {
  const count = (is: (finding: Finding) => boolean): number => findings.filter(is).length;
  const parts = [
    [count(({ verdict, severity }) => verdict === 'finding' && severity === 'critical'), 'critical'],
    [count(({ verdict, severity }) => verdict === 'finding' && severity === 'warning'), 'to mend'],
    [count(({ verdict }) => verdict === 'unknown'), 'unknown'],
    [count(({ verdict }) => verdict === 'fine'), 'fine'],
  ] as const;
  return dotted(parts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`));
}

const overall = (views: readonly PostureView[], style: Style): string[] =>
  labelled(
    'verdict',
    dotted(views.map(({ service, reading }) => `${service.name} ${WORDS[reading.word].text}`)),
    style,
  );
