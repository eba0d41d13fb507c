// The ways a profiled process ends: by itself, or by a signal. Its profile is to be written first, yet the program must
// not notice that anybody listens: libraries decide by the number of listeners whether to end the process themselves.
// So ours are hidden from every function that lists, counts or removes them.

type Event = string | symbol;
type Listener = (argument: never) => void;

export const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
export type EndingSignal = (typeof ENDING_SIGNALS)[number];

const isEndingSignal = (event: Event): event is EndingSignal => (ENDING_SIGNALS as readonly Event[]).includes(event);

export interface Reactions {
  /** The process ends by itself; nothing asynchronous happens any more. */
  exit(): void;
  /** An ending signal has arrived, whoever handles it. */
  seen(): void;
  /** The program has begun or ceased to handle the signal itself. */
  handled(signal: EndingSignal, isHandled: boolean): void;
  /** Nobody else handles the signal: the process ends by it as soon as this returns; by SIGKILL if this gives false. */
  signal(): boolean;
}

export function watchEndings(reactions: Reactions): void {
  const ours = new Map<Event, Listener>();
  let isAttaching = false;
  let isEnding = false;

  /** Makes ours the first again of the event's listeners. */
  const attach = (event: Event): void => {
    isAttaching = true;
    original.removeListener.call(process, event, ours.get(event)!);
    // Last of all for this one, see below; first for the others, so that they see what the program will.
    const add = event === 'removeListener' || event === 'newListener' ? original.addListener : original.prependListener;
    add.call(process, event, ours.get(event)!);
    isAttaching = false;
  };

  ours.set('exit', () => reactions.exit());
  for (const signal of ENDING_SIGNALS) {
    ours.set(signal, () => {
      reactions.seen();
      if (process.listenerCount(signal) > 0) return;
      const ending = reactions.signal() ? signal : 'SIGKILL';
      isEnding = true;
      original.removeListener.call(process, signal, ours.get(signal)!);
      process.kill(process.pid, ending); // without a listener: ends as if we had never been there
    });
  }
  ours.set('newListener', (event: Event) => {
    if (!isAttaching && isEndingSignal(event)) reactions.handled(event, true);
  });
  ours.set('removeListener', (event: Event) => {
    if (isAttaching || isEnding || !ours.has(event) || process.listenerCount(event) > 0) return;
    // Node stops listening to a signal when, by the count that hides ours, the last listener is gone.
    attach(event);
    if (isEndingSignal(event)) reactions.handled(event, false);
  });
  for (const event of ours.keys()) attach(event);
  hideListeners(ours, () => {
    for (const event of ours.keys()) attach(event);
  });
}

/** What `process` inherits, seen as what it is: functions of an event emitter with any event name. */
const original = {
  addListener: process.addListener as unknown as (event: Event, listener: Listener) => unknown,
  prependListener: process.prependListener as unknown as (event: Event, listener: Listener) => unknown,
  removeListener: process.removeListener as unknown as (event: Event, listener: Listener) => unknown,
  listenerCount: process.listenerCount as (event: Event, listener?: Listener) => number,
  listeners: process.listeners as unknown as (event: Event) => Listener[],
  rawListeners: process.rawListeners as unknown as (event: Event) => Listener[],
  eventNames: process.eventNames as () => Event[],
  removeAllListeners: process.removeAllListeners as (...event: Event[]) => unknown,
};

function hideListeners(ours: ReadonlyMap<Event, Listener>, attachAll: () => void): void {
  const isThere = (event: Event): boolean => original.listeners.call(process, event).includes(ours.get(event)!);
  const without = (event: Event, all: Listener[]): Listener[] => all.filter((listener) => listener !== ours.get(event));
  const visible: Partial<typeof original> = {
    listenerCount(event, ...listener) {
      const count = original.listenerCount.call(process, event, ...listener);
      const countsOurs = listener[0] === undefined || listener[0] === ours.get(event);
      return countsOurs && isThere(event) ? count - 1 : count;
    },
    listeners: (event) => without(event, original.listeners.call(process, event)),
    rawListeners: (event) => without(event, original.rawListeners.call(process, event)),
    eventNames: () => original.eventNames.call(process).filter((event) => process.listenerCount(event) > 0),
    removeAllListeners(...event) {
      original.removeAllListeners.apply(process, event);
      attachAll();
      return process;
    },
  };
  for (const [name, value] of Object.entries(visible)) {
    Object.defineProperty(process, name, { value, writable: true, configurable: true, enumerable: false });
  }
}
