/** Names and tags of what an execution makes, so that whoever cleans up knows it from everything else. Pure. */

/** Everything an execution restores or copies begins with its id. */
export const restoredClusterOf = (executionId: string): string => `${executionId}-db`;
export const restoredInstanceOf = (executionId: string): string => `${executionId}-db-1`;
/** What a damaged cluster is called once its restored copy has taken its name. As RDS wants it: at most 63 characters, no hyphen doubled. */
export function setAsideNameOf(cluster: string, executionId: string): string {
  const end = `-before-${executionId}`;
  return `${cluster.slice(0, 63 - end.length).replace(/-+$/, '')}${end}`;
}
/** A second try has a name of its own: the failed one may still stand there. */
export const copyOf = (executionId: string, attempt: number): string => `${executionId}-copy-${attempt}`;
/** A snapshot taken for the copy, where none was there to copy. */
export const snapshotOf = (executionId: string): string => `${executionId}-snap`;

export const TAG = {
  /** Id of the execution that made it. */
  execution: 'lifeboat:execution',
  service: 'lifeboat:service',
  /** One of `KIND`. */
  kind: 'lifeboat:kind',
  /** When the call that made it was decided on: RDS dates a copy or a restore in its own way. ISO 8601. */
  requestedAt: 'lifeboat:requested-at',
  /** Snapshot that a cluster was restored from: it is in use while the cluster is there. */
  restoredFrom: 'lifeboat:restored-from',
  /** When the data of a copied snapshot was current; AWS dates a copy by when it was made. ISO 8601. */
  dataTime: 'lifeboat:data-time',
  /** Bytes in the database when it was copied. */
  sizeBytes: 'lifeboat:size-bytes',
  /** When looking into a restored copy began: until `validatedAt` is no older, the copy is in doubt. ISO 8601. */
  validationBegunAt: 'lifeboat:validation-begun-at',
  /** When a copy was restored and found whole. ISO 8601. */
  validatedAt: 'lifeboat:validated-at',
  /** How many copies of the cluster came before it, and itself: what says whether a validation is due when older ones are pruned. */
  ordinal: 'lifeboat:ordinal',
  /** Why the first try of a copy failed, on the second one. */
  firstFailure: 'lifeboat:first-failure',
  /** Since when a restored database is the service's writer: from then on nobody discards it. ISO 8601. */
  adoptedAt: 'lifeboat:adopted-at',
  /** Somebody wants it kept: never pruned. */
  hold: 'lifeboat:hold',
} as const;

/** What becomes of a thing. */
export const KIND = {
  /** Goes away with its execution. */
  restore: 'restore',
  /** Restored to stay: it belongs to the service from now on, no clean-up touches it. */
  keep: 'keep',
  /** A copy in another region: stays until it is pruned. */
  copy: 'copy',
  /** Taken to be copied: stays until somebody removes it. */
  snapshot: 'snapshot',
} as const;
export type Kind = (typeof KIND)[keyof typeof KIND];
