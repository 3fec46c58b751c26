import { DefaultLogger, type LogEntry, Runtime } from '@temporalio/worker';
import pino, { type Logger } from 'pino';

/** JSON lines to stdout. Redaction is a backstop: nothing secret is logged on purpose. */
export function workerLog(level: string): Logger {
  return pino({ level, base: { part: 'worker' }, redact: ['*.password', '*.token', '*.privateKey'] });
}

/** Sends the SDK's own log through ours; must be called once, before any worker is made. */
export function installRuntime(log: Logger): void {
  Runtime.install({
    logger: new DefaultLogger('WARN', ({ level, message, meta }: LogEntry) => {
      log[level === 'ERROR' ? 'error' : 'warn']({ temporal: meta }, message);
    }),
  });
}
