import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';

export const DEPLOYMENT = 'lifeboat';

const TRIES = 50;
const BETWEEN_MS = 100;

/**
 * Makes this build the one that new executions start on. Executions that run stay on the build they began with, so its
 * workers must be kept until `temporal worker deployment describe` calls that version drained. The server knows a version
 * only once its worker polls, which takes a moment.
 */
export async function makeCurrent(client: Client, namespace: string, buildId: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await client.workflowService.setWorkerDeploymentCurrentVersion({
        namespace,
        deploymentName: DEPLOYMENT,
        buildId,
        identity: 'lifeboat worker',
      });
      return;
    } catch (caught) {
      if (tries === TRIES) throw caught;
      await delay(BETWEEN_MS);
    }
  }
}
