import type { Tag } from '@aws-sdk/client-rds';
import { type Kind, TAG } from '../../runbooks/actions/restore/naming.ts';

export type Tags = Readonly<Record<string, string>>;

/** Tags as RDS lists them, by key. */
export const tagsOf = (thing: { readonly TagList?: readonly Tag[] | undefined }): Tags =>
  Object.fromEntries(
    (thing.TagList ?? []).flatMap(({ Key, Value }) => (Key === undefined ? [] : [[Key, Value ?? '']])),
  );

export const isOf = (tags: Tags, executionId: string): boolean => tags[TAG.execution] === executionId;

/** What every create call carries, as RDS takes it: without it nobody could tell ours from everything else. */
export function createdTags(
  made: {
    readonly executionId: string;
    readonly service: string;
    readonly kind: Kind;
    /** Instant of the decision that makes the call. */
    readonly requestedAt: string;
  },
  more: Tags = {},
): { readonly Key: string; readonly Value: string }[] {
  const tags = {
    [TAG.execution]: made.executionId,
    [TAG.service]: made.service,
    [TAG.kind]: made.kind,
    [TAG.requestedAt]: made.requestedAt,
    ...more,
  };
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** An instant written on a tag; `null` when there is none, or none that can be read. */
export function instantOf(tags: Tags, key: string): string | null {
  const at = Date.parse(tags[key] ?? '');
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}

/** A tag's value takes letters, digits, spaces and few signs, and no more than 256 of them. */
export const tagText = (text: string): string =>
  text
    .replace(/[^\p{L}\p{N}_.:/=+\-@]+/gu, ' ')
    .trim()
    .slice(0, 256);
