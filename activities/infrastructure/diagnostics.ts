import type { BinaryRun } from './binary-run.ts';

/** One error as the binary states it, without the excerpt of the configuration and the values in it. */
export interface Diagnostic {
  readonly summary: string;
  readonly detail: string;
  /** Resource it is about. */
  readonly address: string | null;
}

export interface LockHolder {
  readonly id: string | null;
  readonly who: string | null;
  readonly operation: string | null;
  readonly created: string | null;
}

interface MessageLine {
  readonly diagnostic?: {
    readonly severity?: string;
    readonly summary?: string;
    readonly detail?: string;
    readonly address?: string;
  };
}

/** The errors among the JSON lines that `-json` makes the binary print; nothing else of its output goes anywhere. */
export function errorsIn({ stdout, stderr }: Pick<BinaryRun, 'stdout' | 'stderr'>): readonly Diagnostic[] {
  const stated = stdout.split('\n').flatMap((line): readonly Diagnostic[] => {
    const diagnostic = messageIn(line)?.diagnostic;
    if (diagnostic?.severity !== 'error') return [];
    const { summary = '', detail = '', address = null } = diagnostic;
    return [{ summary, detail, address }];
  });
  // What goes wrong before it knows how to print comes as text.
  const told = [...`${stderr}\n${stdout}`.matchAll(/^(?:[│╷]?\s*)Error: (.+)$/gm)].map((match) => match[1]!.trim());
  return stated.length > 0 ? stated : told.map((summary) => ({ summary, detail: '', address: null }));
}

/** Who holds the state's lock, when that is why it failed. */
export function lockHolderIn(errors: readonly Diagnostic[]): LockHolder | null {
  const locked = errors.find(({ summary }) => /acquiring the state lock/i.test(summary));
  if (!locked) return null;
  const field = (name: string): string | null =>
    new RegExp(`^\\s*${name}:[ \\t]*(\\S.*)$`, 'm').exec(locked.detail)?.[1]?.trim() ?? null;
  return { id: field('ID'), who: field('Who'), operation: field('Operation'), created: field('Created') };
}

/** Shorter values would tear holes into every sentence, and hide nothing. */
const LEAST_SECRET = 4;

/** The text with the values of variables, and whatever the stack calls sensitive, taken out. */
export function redact(text: string, secrets: ReadonlyMap<string, string>): string {
  const known = [...secrets]
    .filter(([value]) => value.length >= LEAST_SECRET && value !== 'true' && value !== 'false')
    .flatMap(([value, name]) => [[value, name] as const, [JSON.stringify(value).slice(1, -1), name] as const])
    .sort(([left], [right]) => right.length - left.length);
  return known.reduce((redacted, [value, name]) => redacted.replaceAll(value, `(${name})`), text);
}

function messageIn(line: string): MessageLine | null {
  if (!line.startsWith('{')) return null;
  try {
    return JSON.parse(line) as MessageLine;
  } catch {
    return null;
  }
}
