// What a recorded process does before the program: puts the hooks in, on each thread, and begins to record on the main one.
import { existsSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { install } from '../register/install.ts';
import { PRELOAD_FILE } from '../register/package-root.ts';
import { hookChildProcesses } from './child-processes.ts';
import { beginRecording } from './recorder.ts';
import { takeSettings } from './settings.ts';

const settings = takeSettings();
// Once the folder is gone nobody waits for a profile: such a process runs as it is.
if (settings !== null && existsSync(settings.directory)) {
  install(settings.register, PRELOAD_FILE);
  if (settings.children !== false) hookChildProcesses(settings);
  if (isMainThread) beginRecording(settings);
}
