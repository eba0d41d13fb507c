// The connection as state of the page: follows the process, and makes a picture of each frame unless the page is paused or
// out of sight.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { MonitorStatus } from '../frame.ts';
import { askStatus, follow, type Link } from './connection.ts';
import { Model, type Picture } from './model.ts';

/** Frames a second: as fast as figures can be read by people. */
const HZ = 4;

export interface Live {
  readonly model: Model;
  readonly picture: Picture | null;
  readonly status: MonitorStatus | null;
  readonly link: Link;
  readonly why: string;
  /** Makes a picture at once, paused or not. */
  refresh(): void;
}

/** @param thread the one whose figures are shown, by its `LiveThread.id`; `null` for all */
export function useLive(thread: number | null, isPaused: boolean): Live {
  const [model, setModel] = useState(() => new Model());
  const [picture, setPicture] = useState<Picture | null>(null);
  const [status, setStatus] = useState<MonitorStatus | null>(null);
  const [{ link, why }, setLink] = useState<{ link: Link; why: string }>({ link: 'connecting', why: '' });
  const paused = useRef(isPaused);
  paused.current = isPaused;

  useEffect(() => {
    const over = new AbortController();
    const fresh = new Model();
    let isFirst = true;
    const onFrame: Parameters<typeof follow>[1] = (frame) => {
      fresh.take(frame);
      if (isFirst) setModel(fresh);
      if (isFirst || frame.gone === true || (!paused.current && !document.hidden)) {
        performance.mark('everycall:frame');
        setPicture(fresh.picture());
      }
      if (isFirst) void askStatus().then(setStatus, () => {});
      isFirst = false;
    };
    const path = `/v1/events?hz=${HZ}&stacks=1${thread === null ? '' : `&thread=${thread}`}`;
    void follow(path, onFrame, (link, why) => setLink({ link, why }), over.signal);
    return () => over.abort();
  }, [thread]);
  const refresh = useCallback(() => setPicture(model.picture()), [model]);
  useEffect(() => {
    if (!isPaused) refresh();
  }, [isPaused]);
  return { model, picture, status, link, why, refresh };
}
