import { TestWorkflowEnvironment } from '@temporalio/testing';
import type { TestProject } from 'vitest/node';
import { findTemporal } from '../../lab/parts/temporal-binary.ts';
import { cacheFolder } from './cache-folder.ts';

declare module 'vitest' {
  interface ProvidedContext {
    temporalAddress: string;
  }
}

/** One real Temporal dev server for all engine tests; each uses a task queue and services of its own. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const explicit = process.env['LAB_TEMPORAL'];
  const { path } = await findTemporal({
    ...(explicit ? { explicit } : {}),
    cacheDir: cacheFolder(),
    searchPath: process.env['PATH'] ?? '',
    say: (line) => console.error(line),
  });
  const environment = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'existing-path', path } },
  });
  project.provide('temporalAddress', environment.address);
  return () => environment.teardown();
}
