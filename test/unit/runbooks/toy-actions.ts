import { z } from 'zod';
import type { Effect, Role } from '../../../domain/action.ts';
import { defineAction, type Proof } from '../../../runbooks/language/action.ts';

/** Verbs that do nothing, one per role: enough to write runbooks that are right or wrong in one way. */

const seen = z.object({
  ok: z.boolean(),
  name: z.string(),
  count: z.number(),
  maybe: z.number().nullable(),
  hint: z.string().optional(),
  inner: z.object({ deep: z.string() }),
});

const toyAction = (id: string, role: Role, effect: Effect, more: { proves?: Proof[]; drill?: 'own' } = {}) =>
  defineAction({
    id,
    title: id,
    role,
    effect,
    drill: more.drill ?? 'safe',
    input: z.object({
      region: z.string(),
      name: z.string().optional(),
      count: z.number().optional(),
      keep: z.boolean().optional(),
    }),
    output: seen,
    permissions: [`toy:${id.split('.')[1]}`],
    timeoutSeconds: 10,
    regionField: 'region',
    ...(more.proves && { proves: more.proves }),
  });

export const look = toyAction('toy.look', 'check', 'observe');
export const probe = toyAction('toy.probe', 'check', 'observe', { proves: ['front_door_answers'] });
export const findWriter = toyAction('toy.findWriter', 'check', 'observe', { proves: ['holds_writer'] });
export const scale = toyAction('toy.scale', 'prepare', 'change');
export const fence = toyAction('toy.fence', 'fence', 'change');
export const unfence = toyAction('toy.unfence', 'fence', 'change');
export const promote = toyAction('toy.promote', 'promote', 'irreversible');
export const verify = toyAction('toy.verify', 'verify', 'observe');
export const capacity = toyAction('toy.capacity', 'capacity', 'observe');
export const consume = toyAction('toy.consume', 'singleton', 'change');
export const shift = toyAction('toy.shift', 'traffic', 'change');
export const measure = toyAction('toy.measure', 'measure', 'observe');
export const makeOwn = toyAction('toy.makeOwn', 'copy', 'change', { drill: 'own' });
export const restore = toyAction('toy.restore', 'restore', 'change', { drill: 'own' });
export const cleanUp = toyAction('toy.cleanUp', 'cleanup', 'change', { drill: 'own' });
export const tell = toyAction('toy.tell', 'notify', 'change');
/** Wants a name: nothing that may be missing fits. */
export const name = defineAction({
  id: 'toy.name',
  title: 'toy.name',
  role: 'check',
  effect: 'observe',
  drill: 'safe',
  input: z.object({ region: z.string(), name: z.string() }),
  output: seen,
  permissions: ['toy:name'],
  timeoutSeconds: 10,
  regionField: 'region',
});
