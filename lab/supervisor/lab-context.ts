import { join } from 'node:path';
import type { CallLog } from '../aws/call-log.ts';
import type { Network } from '../network/network.ts';
import { EXIT_WITH_PARENT } from '../parts/child-process.ts';
import type { Durations, Endpoint, Endpoints, Place } from '../topology.ts';
import type { Folders } from './folders.ts';
import type { Parts } from './parts.ts';
import { type PartSurroundings, ProcessPart, type ProcessRecipe } from './process-part.ts';
import type { Settings } from './settings.ts';

/** What every builder of parts needs. */
export interface LabContext extends PartSurroundings {
  readonly settings: Settings;
  readonly at: Folders;
  readonly base: number;
  readonly endpoints: Endpoints;
  readonly durations: Durations;
  readonly network: Network;
  readonly calls: CallLog;
  readonly parts: Parts;
}

export const address = (endpoint: Endpoint): string => `${endpoint.host}:${endpoint.port}`;

export interface ProgramOptions extends Pick<ProcessRecipe, 'ready' | 'stopMs' | 'onExit' | 'environment'> {
  readonly name: string;
  readonly place: Place;
  /** Built program: `front-door` is `dist/front-door.js`. */
  readonly program: string;
  readonly args: readonly string[];
  readonly address: string | null;
}

/** A part that is one of our own programs: a Node process that dies with the supervisor. */
export function programPart(lab: LabContext, options: ProgramOptions): ProcessPart {
  const { program, args, ...about } = options;
  const recipe: ProcessRecipe = {
    ...about,
    command: process.execPath,
    args: [EXIT_WITH_PARENT, join(lab.settings.programDir, `${program}.js`), ...args],
    log: lab.at.log(options.name),
    channel: true,
  };
  return new ProcessPart(recipe, lab);
}
