// The tag of the test file that this thread runs, for the adapters of runners, in whatever process they are loaded.
import { threadRuntime } from '../../runtime/instance.ts';
import { recordedBy } from '../recording/settings.ts';
import { tagOfFile } from './under-test.ts';

/** The project's folder as the run's own process knows it; a process of the run may have gone elsewhere. */
export function rootOfRun(): string {
  return recordedBy()?.register?.root ?? process.cwd();
}

/** From now on this thread works for that test file; `undefined` for none. */
export function enterTestFile(file: string | undefined, root = rootOfRun()): void {
  threadRuntime().setStandingTag(file === undefined ? undefined : tagOfFile(file, root));
}
