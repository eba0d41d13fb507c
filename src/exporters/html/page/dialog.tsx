// A dialog over the page. The browser keeps the focus inside and closes it by Escape.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

export interface DialogProps {
  readonly title: string;
  readonly children: ComponentChildren;
  onClose(): void;
}

export function Dialog({ title, children, onClose }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current!.showModal(), []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby="dialog-title"
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && dialog.current?.close()}
    >
      <div class="dialog-body">
        <div class="dialog-head">
          <h2 id="dialog-title">{title}</h2>
          <button type="button" class="close" aria-label="Close" onClick={() => dialog.current!.close()}>
            ✕
          </button>
        </div>
        {children}
      </div>
    </dialog>
  );
}

/** What the keys do, as the help shows it. */
export type KeyList = readonly (readonly [keys: string, what: string])[];

export function Keys({ keys: all }: { readonly keys: KeyList }) {
  return (
    <dl class="keys">
      {all.map(([keys, what]) => (
        <div key={keys}>
          <dt>
            {keys.split(/\s+/).map((key) => (
              <kbd key={key}>{key}</kbd>
            ))}
          </dt>
          <dd>{what}</dd>
        </div>
      ))}
    </dl>
  );
}

const KEYS: KeyList = [
  ['/', 'search names and files'],
  ['f  t', 'flame graph, functions'],
  ['p  g', 'threads, tags'],
  ['c', 'wall or CPU time'],
  ['↑ ↓  j k', 'walk through functions or frames'],
  ['← →  h l', 'frames beside this one'],
  ['Enter', 'details of a function; zoom into a frame, and out again'],
  ['d', 'details of a frame'],
  ['< >  r', 'sort by the column beside; reverse'],
  ['Home End', 'first, last'],
  ['PgUp PgDn', 'a page back, a page on'],
  ['Esc', 'back: leave the search, the details, the zoom'],
  ['?', 'this help'],
];

export function Help() {
  return (
    <>
      <Keys keys={KEYS} />
      <p>
        <strong>Self</strong> is time without callees, <strong>total</strong> with them; recursion counts once.{' '}
        <strong>Wall</strong> is the clock on the wall, <strong>CPU</strong> the time of the thread on a processor. Time
        suspended at an <strong>await</strong> is never part of self time. In the flame graph the longest callee is on
        the left: the order does not say when.
      </p>
    </>
  );
}
