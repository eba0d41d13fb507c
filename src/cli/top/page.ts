// The page while it is open: frames and keys come in, and it is drawn anew. What either means is in rates.ts and state.ts.
import { formatOfFile } from '../../exporters/format-names.ts';
import * as formats from '../../exporters/formats.ts';
import { parseJson } from '../../exporters/json.ts';
import { ask, askJson, subscribe, type Target } from '../../monitor/client.ts';
import type { LiveEdges } from '../../monitor/frame.ts';
import { messageOf, pageOf } from '../../output.ts';
import { writeReport } from '../report.ts';
import { edgeRows, LiveFigures, type Moment } from './rates.ts';
import { type Action, type Key, press, settled, type Shown, type TopState } from './state.ts';
import { Terminal } from './terminal.ts';
import { listHeight, pageLines, rowsOf, type Shot, type Subject } from './view.ts';

/** Resolves when the user leaves. */
export function runPage(target: Target, subject: Subject, state: TopState, intervalSeconds: number): Promise<void> {
  return new Promise((settle, reject) => {
    const page = new Page(target, subject, state, intervalSeconds, settle, reject);
    page.open();
  });
}

class Page {
  readonly #target: Target;
  readonly #subject: Subject;
  readonly #intervalSeconds: number;
  readonly #terminal: Terminal;
  readonly #leave: () => void;
  readonly #fail: (error: unknown) => void;
  readonly #hasColor = pageOf(1).color;
  #state: TopState;
  #figures = new LiveFigures();
  /** What is shown: the newest, or what there was when the user said to pause. */
  #moment: Moment | undefined;
  /** Counts subscriptions: what comes of an earlier one is not for this page any more. */
  #subscription = 0;
  #unsubscribe = (): void => {};
  #edges: { readonly before: LiveEdges | null; readonly now: LiveEdges } | null = null;
  #isAskingEdges = false;
  #isGone = false;
  #isOver = false;

  constructor(
    target: Target,
    subject: Subject,
    state: TopState,
    intervalSeconds: number,
    leave: () => void,
    fail: (error: unknown) => void,
  ) {
    this.#target = target;
    this.#subject = subject;
    this.#state = state;
    this.#intervalSeconds = intervalSeconds;
    this.#leave = leave;
    this.#fail = fail;
    this.#terminal = new Terminal(process.stdin, process.stdout, {
      onKey: (key) => this.#press(key),
      onResize: () => this.#draw(),
      onEnd: () => this.#end(),
    });
  }

  open(): void {
    this.#terminal.open();
    void this.#subscribe();
  }

  async #subscribe(): Promise<void> {
    const mine = ++this.#subscription;
    this.#unsubscribe();
    this.#unsubscribe = () => {};
    const figures = (this.#figures = new LiveFigures());
    const { thread } = this.#state;
    try {
      const end = await subscribe(
        this.#target,
        (frame) => {
          if (mine !== this.#subscription) return;
          figures.take(frame);
          this.#isGone = frame.gone === true;
          if (this.#isGone) this.#state = { ...this.#state, isPaused: false, prompt: null, message: '' };
          this.#refresh();
        },
        { hz: 1 / this.#intervalSeconds, ...(thread !== null && { thread }) },
      );
      if (mine === this.#subscription && !this.#isOver) this.#unsubscribe = end;
      else end();
    } catch (error) {
      if (mine !== this.#subscription) return;
      // Without a page there is nothing to tell it on.
      if (this.#moment === undefined) this.#end(error);
      else this.#tell(messageOf(error));
    }
  }

  /** There are new figures. */
  #refresh(): void {
    if (this.#state.isPaused) return;
    this.#moment = this.#figures.moment() ?? this.#moment;
    if (this.#state.list === 'edges' && !this.#isGone) void this.#askEdges();
    this.#draw();
  }

  async #askEdges(): Promise<void> {
    const { opened, thread } = this.#state;
    const id = opened.at(-1);
    if (id === undefined || this.#isAskingEdges) return;
    this.#isAskingEdges = true;
    try {
      const query = `function=${id}${thread === null ? '' : `&thread=${thread}`}`;
      const now = await askJson<LiveEdges>(this.#target, `/v1/edges?${query}`);
      if (this.#state.opened.at(-1) === id && this.#state.thread === thread) {
        const known = this.#edges?.now;
        this.#edges = { before: known?.id === id ? known : null, now };
      }
    } catch (error) {
      if (!this.#isGone) this.#tell(messageOf(error));
    } finally {
      this.#isAskingEdges = false;
    }
    // Another one was opened meanwhile.
    if (this.#state.list === 'edges' && this.#state.opened.at(-1) !== id) return this.#askEdges();
    this.#draw();
  }

  #shot(): Shot | undefined {
    if (this.#moment === undefined) return undefined;
    const { opened } = this.#state;
    const known = this.#edges?.now.id === opened.at(-1) ? this.#edges : null;
    const edges = known && {
      of: known.now.named.find(({ id }) => id === known.now.id)!.name,
      rows: edgeRows(known.before, known.now),
    };
    return { subject: this.#subject, moment: this.#moment, edges, isGone: this.#isGone };
  }

  #shown(shot: Shot): Shown {
    const { pid } = this.#subject;
    return {
      keys: rowsOf(shot, this.#state).keys,
      height: listHeight(shot, this.#state, this.#terminal.size),
      threads: shot.moment.threads.map(({ thread }) => thread.id),
      fileName: `everycall-${pid}-${new Date().toISOString().slice(0, 19).replace(/\D/g, '')}.json.gz`,
      isGone: this.#isGone,
    };
  }

  #draw(): void {
    if (this.#isOver) return;
    const shot = this.#shot();
    if (shot === undefined) return;
    this.#state = settled(this.#state, this.#shown(shot));
    this.#terminal.draw(pageLines(shot, this.#state, this.#terminal.size, this.#hasColor));
  }

  #press(key: Key): void {
    const shot = this.#shot();
    const nothing: Shown = { keys: [], height: 0, threads: [], fileName: '', isGone: this.#isGone };
    const [state, action] = press(this.#state, key, shot === undefined ? nothing : this.#shown(shot));
    const resumes = this.#state.isPaused && !state.isPaused;
    this.#state = state;
    if (action !== undefined) void this.#do(action);
    if (resumes) this.#refresh();
    else this.#draw();
  }

  async #do(action: Action): Promise<void> {
    try {
      switch (action.kind) {
        case 'quit':
          return this.#end();
        case 'suspend':
          return this.#terminal.suspend();
        case 'thread':
          this.#edges = null;
          return await this.#subscribe();
        case 'edges':
          return await this.#askEdges();
        case 'toggle': {
          const isRunning = this.#figures.moment()?.isRunning ?? false;
          await ask(this.#target, isRunning ? '/v1/stop' : '/v1/start', {});
          return this.#tell(isRunning ? 'stopped: the figures stay as they are' : 'profiling');
        }
        case 'clear':
          await ask(this.#target, '/v1/clear', {});
          return this.#tell('cleared');
        case 'save':
          this.#tell('saving');
          await this.#save(action.path);
          return this.#tell(`saved ${action.path}`);
      }
    } catch (error) {
      this.#tell(messageOf(error));
    }
  }

  /** The whole profile, as `everycall snapshot -o` writes it. */
  async #save(path: string): Promise<void> {
    const { body } = await ask(this.#target, '/v1/snapshot?format=json');
    const table = { sort: undefined, limit: undefined, columns: undefined, clock: undefined };
    const options = { table, raw: false, output: { format: formatOfFile(path), path } };
    writeReport(path, parseJson(body.toString('utf8')), options, () => formats);
  }

  #tell(message: string): void {
    this.#state = { ...this.#state, message };
    this.#draw();
  }

  #end(error?: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#subscription++;
    this.#unsubscribe();
    this.#terminal.close();
    if (error === undefined) this.#leave();
    else this.#fail(error);
  }
}
