/** A name as it stands in the catalogue, safe inside a statement. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** `bookings` or `archive.bookings`, as a configuration declares a table; each part as the catalogue spells it. */
export const quotedTable = (table: string): string => table.split('.').map(quoted).join('.');

/** How people name it: the schema is left out where it is the usual one. */
export const shownName = (schema: string, name: string): string => (schema === 'public' ? name : `${schema}.${name}`);

/** `$1` and so on for each value, in the order they are first used. */
export class Values {
  readonly list: unknown[] = [];

  /** The placeholder of a value; names its type, because an untyped one may be taken for text. */
  add(value: unknown, type: string): string {
    return `$${this.list.push(value)}::${type}`;
  }
}
