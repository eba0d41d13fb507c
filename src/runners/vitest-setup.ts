// The first setup file of each test file under vitest: what the thread does from here on is done for that file.
import { enterTestFile } from './file-tag.ts';

interface VitestWorker {
  readonly filepath?: string;
}

enterTestFile((globalThis as { readonly __vitest_worker__?: VitestWorker }).__vitest_worker__?.filepath);
