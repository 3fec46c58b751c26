import { invalidValue } from '../query/query-fault.ts';
import type { QueryParameters } from '../query/query-parameters.ts';

export type Tags = readonly (readonly [key: string, value: string])[];

const MOST_TAGS = 50;
const LONGEST_KEY = 128;
const LONGEST_VALUE = 256;

/** `Tags` of a request, checked; none given is none. */
export function readTags(parameters: QueryParameters): Tags {
  const tags = parameters.list('Tags').map((tag) => [tag.required('Key'), tag.text('Value') ?? ''] as const);
  for (const [key, value] of tags) checkTag(key, value);
  checkCount(tags.map(([key]) => key));
  return tags;
}

export function checkCount(keys: readonly string[]): void {
  if (new Set(keys).size > MOST_TAGS) throw invalidValue(`A resource can have ${MOST_TAGS} tags at most.`);
}

function checkTag(key: string, value: string): void {
  if (key.length > LONGEST_KEY) throw invalidValue(`Tag key ${key} is longer than ${LONGEST_KEY} characters.`);
  if (value.length > LONGEST_VALUE)
    throw invalidValue(`Value of tag ${key} is longer than ${LONGEST_VALUE} characters.`);
  if (key.toLowerCase().startsWith('aws:')) throw invalidValue(`Tag key ${key} starts with aws:, which is reserved.`);
}
