import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** The workflow code a worker serves, prebuilt, and the version it has by its own content. */
export interface WorkflowBundle {
  readonly codePath: string;
  readonly buildId: string;
}

/** Reads the bundle that the build made; another bundle is another version, whatever the release is called. */
export async function loadWorkflowBundle(codePath: string): Promise<WorkflowBundle> {
  const code = await readFile(codePath);
  return { codePath, buildId: createHash('sha256').update(code).digest('hex').slice(0, 16) };
}
