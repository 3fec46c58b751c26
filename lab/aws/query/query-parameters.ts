import { invalidValue, missingParameter } from './query-fault.ts';

/** The flat parameters of one AWS Query request. Parameters nobody asks for are ignored, as AWS does. */
export class QueryParameters {
  readonly #values: ReadonlyMap<string, string>;

  constructor(values: ReadonlyMap<string, string>) {
    this.#values = values;
  }

  /** Reads a form body and a query string; the body wins where both name a parameter. */
  static parse(body: string, queryString: string): QueryParameters {
    return new QueryParameters(new Map([...new URLSearchParams(queryString), ...new URLSearchParams(body)]));
  }

  /** Absent and empty are one: AWS treats an empty parameter as not given. */
  text(name: string): string | undefined {
    return this.#values.get(name) || undefined;
  }

  required(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw missingParameter(name);
    return value;
  }

  flag(name: string): boolean | undefined {
    const value = this.text(name)?.toLowerCase();
    if (value === undefined) return undefined;
    if (value !== 'true' && value !== 'false') throw invalidValue(`${name} must be true or false, not ${value}.`);
    return value === 'true';
  }

  integer(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (!/^-?\d{1,9}$/.test(value)) throw invalidValue(`${name} must be an integer, not ${value}.`);
    return Number(value);
  }

  instant(name: string): Date | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const instant = new Date(value);
    if (Number.isNaN(instant.getTime())) throw invalidValue(`${name} must be an ISO 8601 time, not ${value}.`);
    return instant;
  }

  /**
   * Items of a list in the order of their numbers, each with its own parameters; a plain value has the name ''.
   * The item's name differs by client and model (`Tags.Tag.1.Key`, `Tags.member.1.Key`), so any is accepted.
   */
  list(name: string): readonly QueryParameters[] {
    const items = new Map<number, Map<string, string>>();
    const shape = new RegExp(`^${name}\\.(?:[A-Za-z]+\\.)?(\\d+)(?:\\.(.+))?$`);
    for (const [key, value] of this.#values) {
      const match = shape.exec(key);
      if (!match) continue;
      const number = Number(match[1]);
      const item = items.get(number) ?? new Map<string, string>();
      items.set(number, item.set(match[2] ?? '', value));
    }
    return [...items].sort(([a], [b]) => a - b).map(([, values]) => new QueryParameters(values));
  }

  texts(name: string): readonly string[] {
    return this.list(name).flatMap((item) => item.text('') ?? []);
  }
}
