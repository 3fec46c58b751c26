import { join } from 'node:path';
import type { Configuration } from '../domain/service.ts';

/** Where the watch of one service keeps its samples, one file per vantage. */
export const sampleFolder = (configuration: Configuration, service: string): string =>
  join(configuration.control.watch, service);
