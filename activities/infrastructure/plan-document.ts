import { createHash } from 'node:crypto';
import canonicalizeModule from 'canonicalize';
import type { Json } from '../../domain/json.ts';
import type { InfrastructurePlan } from '../clients/clients.ts';

/** The package is CommonJS whose export is the function itself; its typings describe an ES module. */
const canonicalize = canonicalizeModule as unknown as (json: unknown) => string;

type Action = InfrastructurePlan['changes'][number]['actions'][number];

interface Change {
  readonly actions: readonly Action[];
  readonly before?: Json;
  readonly after?: Json;
  readonly after_unknown?: Json;
  readonly before_sensitive?: Json;
  readonly after_sensitive?: Json;
  readonly importing?: Json;
}

/** What `show -json` prints of a plan file, as far as it is read here. */
export interface PlanDocument {
  readonly resource_changes?: readonly {
    readonly address: string;
    readonly type: string;
    readonly deposed?: string;
    readonly change: Change;
  }[];
  readonly output_changes?: Readonly<Record<string, Change>>;
  readonly prior_state?: {
    readonly values?: {
      readonly outputs?: Readonly<Record<string, { readonly sensitive: boolean; readonly value?: Json }>>;
    };
  };
  readonly configuration?: { readonly root_module?: { readonly variables?: Readonly<Record<string, Json>> } };
}

/** What a changed output of the stack is listed as: it is no resource. */
export const OUTPUT = 'output';

interface Listed {
  readonly address: string;
  readonly type: string;
  readonly change: Change;
}

/** The plan as decisions need it: what it would do, and a digest by which an apply can tell that it is still that plan. */
export function planOf(document: PlanDocument, backend: InfrastructurePlan['backend']): InfrastructurePlan {
  const listed = changesIn(document);
  const outputs = Object.entries(document.prior_state?.values?.outputs ?? {})
    .filter(([, output]) => !output.sensitive)
    .map(([name, output]) => [name, JSON.stringify(output.value ?? null)] as const);
  return {
    digest: digestOf(listed),
    changes: listed.map(({ address, type, change }) => ({ address, type, actions: change.actions })),
    backend,
    outputs: Object.fromEntries(outputs),
  };
}

/** Variables given that the stack does not declare: a misspelt one would silently leave a default in place. */
export function undeclaredVariables(
  document: PlanDocument,
  variables: Readonly<Record<string, string>>,
): readonly string[] {
  const declared = document.configuration?.root_module?.variables ?? {};
  return Object.keys(variables).filter((name) => !(name in declared));
}

/** Every text that the stack calls sensitive, by value, so that no message repeats one. */
export function sensitiveTexts(document: PlanDocument): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { change } of changesIn(document)) {
    collect(change.before, change.before_sensitive, found);
    collect(change.after, change.after_sensitive, found);
  }
  return found;
}

function changesIn(document: PlanDocument): readonly Listed[] {
  const resources = (document.resource_changes ?? []).map(({ address, deposed, type, change }) => ({
    address: deposed === undefined ? address : `${address} (deposed ${deposed})`,
    type,
    // Taking an existing resource into the state changes the state, whatever else it leaves as it is.
    change: change.importing && isNothing(change) ? { ...change, actions: ['update'] as const } : change,
  }));
  const outputs = Object.entries(document.output_changes ?? {})
    .filter(([, change]) => !isNothing(change))
    .map(([name, change]) => ({ address: `output.${name}`, type: OUTPUT, change }));
  return [...resources, ...outputs].sort((left, right) => (left.address < right.address ? -1 : 1));
}

const isNothing = ({ actions }: Change): boolean => actions.every((action) => action === 'no-op');

/** Sensitive values stay out: a digest is published, and a short secret could be guessed from it. */
function digestOf(listed: readonly Listed[]): string {
  const changes = listed
    .filter(({ change }) => !isNothing(change))
    .map(({ address, type, change }) => ({
      address,
      type,
      actions: change.actions,
      before: masked(change.before, change.before_sensitive),
      after: masked(change.after, change.after_sensitive),
      unknown: change.after_unknown ?? null,
    }));
  return `sha256:${createHash('sha256').update(canonicalize(changes)).digest('hex')}`;
}

function masked(value: Json | undefined, sensitive: Json | undefined): Json {
  if (value === undefined || value === null) return null;
  if (sensitive === true) return '(sensitive)';
  if (typeof value !== 'object' || typeof sensitive !== 'object' || sensitive === null) return value;
  if (Array.isArray(value)) return value.map((item, index) => masked(item, part(sensitive, String(index))));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, masked(inner, part(sensitive, key))]));
}

function collect(value: Json | undefined, sensitive: Json | undefined, found: Map<string, string>): void {
  if (value === undefined || value === null || !sensitive) return;
  if (typeof value === 'object') {
    for (const [key, inner] of Object.entries(value)) {
      collect(inner, sensitive === true ? true : part(sensitive, key), found);
    }
  } else if (sensitive === true) found.set(String(value), 'sensitive value');
}

const part = (sensitive: Json, key: string): Json | undefined => (sensitive as Readonly<Record<string, Json>>)[key];
