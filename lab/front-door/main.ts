/** The front door of one region, as a process. Its only argument is `FrontDoorSettings` as JSON. */
import pino from 'pino';
import { lifeline } from '../booking/lifeline.ts';
import { FrontDoor } from './front-door.ts';
import type { FrontDoorSettings } from './settings.ts';

const settings = JSON.parse(process.argv[2] ?? '{}') as FrontDoorSettings;
const { region, host, port, pods } = settings;
const log = pino({ level: settings.logLevel ?? 'info', base: { part: 'front-door', region } });
const door = new FrontDoor(settings);

lifeline(() => door.stop());
door.server.once('error', (error) => {
  log.fatal({ error: error.message }, `cannot listen on ${host}:${port}`);
  process.exit(1);
});
door.server.once('listening', () => log.info({ host, port, pods }, 'listening'));
door.start();
