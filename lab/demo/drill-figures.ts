import type { ExecutionSnapshot } from '../../domain/execution.ts';

/** One check of a restored database, as the record of the step `validate` tells it. */
export interface DrillCheck {
  readonly id: string;
  readonly says: string;
  readonly verdict: 'passed' | 'failed' | 'noticed' | 'not_run';
  readonly expected: string | number | null;
  readonly found: string | number | null;
}

interface Validated {
  readonly checks: readonly DrillCheck[];
  readonly rowsExpected: number | null;
  readonly rowsFound: number;
}

interface Bookmarked {
  readonly at: string;
  readonly tables: readonly { readonly table: string; readonly rows: number }[];
}

interface CleanedUp {
  readonly removed: readonly string[];
  readonly remaining: readonly string[];
  readonly looked: number;
}

export interface DrillFigures {
  readonly bookmark: Bookmarked | null;
  readonly validated: Validated | null;
  readonly cleanedUp: CleanedUp | null;
  readonly restoreSeconds: number | null;
  readonly targetSeconds: number | null;
}

const outputOf = <Output>(snapshot: ExecutionSnapshot, step: string): Output | null =>
  (snapshot.steps.find(({ id, state }) => id === step && state === 'done')?.output as Output | undefined) ?? null;

/** What a restore drill's own record says. Pure. */
export const drillFigures = (snapshot: ExecutionSnapshot): DrillFigures => ({
  bookmark: outputOf<Bookmarked>(snapshot, 'bookmark'),
  validated: outputOf<Validated>(snapshot, 'validate'),
  cleanedUp: outputOf<CleanedUp>(snapshot, 'clean-up'),
  restoreSeconds: snapshot.actual?.restore?.restoreSeconds ?? null,
  targetSeconds: snapshot.objectives?.restoreSeconds ?? null,
});

const SYMBOL: Readonly<Record<DrillCheck['verdict'], string>> = {
  passed: '✓',
  failed: '✗',
  noticed: '!',
  not_run: '·',
};

const value = (of: string | number | null): string => {
  const text = of === null ? '–' : String(of);
  return text.length > 18 ? `${text.slice(0, 17)}…` : text;
};

/** Rows expected and found, every check, elapsed against target: as lines for people. */
export function figureLines({ bookmark, validated, restoreSeconds, targetSeconds }: DrillFigures): readonly string[] {
  if (!bookmark || !validated) return ['   nothing was validated'];
  const width = Math.max(...validated.checks.map(({ id }) => id.length));
  const seconds = (of: number | null) => (of === null ? 'not measured' : `${of.toFixed(2)} s`);
  return [
    `   bookmark of the source at ${bookmark.at}: ${bookmark.tables.map(({ table, rows }) => `${rows} ${table}`).join(', ')}`,
    `   rows expected ${validated.rowsExpected ?? 'unknown'}, found ${validated.rowsFound}`,
    '',
    `   ${''.padEnd(width + 2)}  ${'expected'.padEnd(18)}  found`,
    ...validated.checks.map(
      ({ id, verdict, expected, found }) =>
        `   ${SYMBOL[verdict]} ${id.padEnd(width)}  ${value(expected).padEnd(18)}  ${value(found)}`,
    ),
    '',
    `   asked for until validated ${seconds(restoreSeconds)}, target ${seconds(targetSeconds)}`,
  ];
}
