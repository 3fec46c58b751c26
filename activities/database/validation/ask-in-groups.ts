import type { Clients, Rows, Statement } from '../../clients/clients.ts';
import { failureIn, type StatementFailure } from '../../clients/statement-failure.ts';

/** What a statement that may fail came to. */
export type Answer<Value> = { readonly value: Value } | { readonly failure: StatementFailure };

export type Asked<Group extends string> = Readonly<Record<Group, readonly Rows[]>>;

/** Asks groups of statements together, in the order they are named, and gives the answers group by group. */
export async function askInGroups<Group extends string>(
  clients: Clients,
  at: { readonly region: string; readonly cluster: string },
  groups: Readonly<Record<Group, readonly Statement[]>>,
  timeoutMs: number,
): Promise<Asked<Group>> {
  const names = Object.keys(groups) as Group[];
  const answers = await clients.queryTogether(
    at,
    names.flatMap((name) => groups[name]),
    timeoutMs,
  );
  const left = [...answers];
  const byGroup = names.map((name): [Group, readonly Rows[]] => [name, left.splice(0, groups[name].length)]);
  return Object.fromEntries(byGroup) as Record<Group, readonly Rows[]>;
}

export function answerOf<Value>(rows: Rows | undefined, read: (rows: Rows) => Value): Answer<Value> {
  const failure = failureIn(rows ?? []);
  return failure ? { failure } : { value: read(rows ?? []) };
}

/** One number of the first row; `null` stays `null`. */
export const numberIn = (rows: Rows, column: string): number | null => {
  const value = rows[0]?.[column];
  return value === null || value === undefined ? null : Number(value);
};

export const textIn = (rows: Rows, column: string): string | null => {
  const value = rows[0]?.[column];
  return value === null || value === undefined ? null : String(value);
};
