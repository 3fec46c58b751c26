import type { Json } from '../domain/json.ts';

/** `--to R` and `--param k=v`: the words that give a request these parameters again. */
export function parameterWords({ to, ...others }: Readonly<Record<string, Json>>): readonly string[] {
  const pairs = Object.entries(others).flatMap(([key, value]) => [
    '--param',
    `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  ]);
  return [...(to === undefined ? [] : ['--to', String(to)]), ...pairs];
}
