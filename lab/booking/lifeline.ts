/**
 * Ends this process when whoever started it is gone, however it went: its channel closes, or, where it was started
 * without one, another process becomes its parent. SIGTERM and SIGINT close in order first.
 */
export function lifeline(close: () => Promise<void>): void {
  const parent = process.ppid;
  process.once('disconnect', () => process.exit(0));
  const orphaned = setInterval(() => {
    if (process.ppid !== parent) process.exit(0);
  }, 500);
  orphaned.unref();
  let closing = false;
  const end = () => {
    if (closing) return;
    closing = true;
    // A dependency that hangs must not keep a part of the lab alive.
    setTimeout(() => process.exit(0), 1_500).unref();
    void close().finally(() => process.exit(0));
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
}
