import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/** Everything the lab takes from its surroundings; no other file of it reads the environment by name. */
export interface LabSurroundings {
  /** `LAB_TEMPORAL`: path of a Temporal CLI to use. */
  readonly temporal: string | null;
  /** `LIFEBOAT_TOFU`: path of an OpenTofu or Terraform to use. */
  readonly tofu: string | null;
  /** `PATH`, where both are looked for. */
  readonly searchPath: string;
  /** Downloads, kept between labs: `XDG_CACHE_HOME/lifeboat`, else `~/.cache/lifeboat`. */
  readonly cacheDir: string;
  /** State of a lab unless `--dir` says otherwise: `lifeboat-lab` in the temporary folder. */
  readonly dir: string;
  readonly noColor: boolean;
}

export function labSurroundings(environment: NodeJS.ProcessEnv = process.env): LabSurroundings {
  return {
    temporal: environment['LAB_TEMPORAL'] || null,
    tofu: environment['LIFEBOAT_TOFU'] || null,
    searchPath: environment['PATH'] ?? '',
    cacheDir: join(environment['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'lifeboat'),
    dir: join(tmpdir(), 'lifeboat-lab'),
    noColor: Boolean(environment['NO_COLOR']),
  };
}
