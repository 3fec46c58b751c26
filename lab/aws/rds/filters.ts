import { invalidValue } from '../query/query-fault.ts';
import type { QueryParameters } from '../query/query-parameters.ts';

/**
 * `Filters.Filter.N`: each filter's values are alternatives, several filters must all fit.
 * @param fields the filter names the operation supports, with the values an item has under each.
 */
export function filterOf<Item>(
  parameters: QueryParameters,
  fields: Readonly<Record<string, (item: Item) => readonly string[]>>,
): (item: Item) => boolean {
  const filters = parameters.list('Filters').map((filter) => {
    const name = filter.required('Name');
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (!field) throw invalidValue(`Unrecognized filter name: ${name}. Use one of ${Object.keys(fields).join(', ')}.`);
    return { field, values: filter.texts('Values') };
  });
  return (item) => filters.every(({ field, values }) => field(item).some((value) => values.includes(value)));
}
