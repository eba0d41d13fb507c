// Keys that work wherever the focus is, but never against what has it: typing stays typing, a button keeps its Enter.
import { useLayoutEffect, useRef } from 'preact/hooks';

/** What a key does; `false` when it was not for this handler. */
export type KeyHandler = (key: string, event: KeyboardEvent) => boolean | void;

export function useKeys(isActive: boolean, handler: KeyHandler): void {
  const latest = useRef(handler);
  latest.current = handler;
  // A layout effect is undone as soon as the component goes; another one would hear the next key, too.
  useLayoutEffect(() => {
    if (!isActive) return;
    const listener = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTaken(event)) return;
      if (latest.current(event.key, event) !== false) event.preventDefault();
    };
    document.addEventListener('keydown', listener);
    return () => document.removeEventListener('keydown', listener);
  }, [isActive]);
}

function isTaken({ key, target }: KeyboardEvent): boolean {
  if (document.querySelector('dialog[open]') !== null) return true;
  if (!(target instanceof HTMLElement) || key === 'Escape') return false;
  if (target.matches('input, select, textarea')) return true;
  return (key === 'Enter' || key === ' ') && target.matches('button, a, summary');
}
