// The head of the page: which process, how it is, and what can be done to it.
import type { ComponentChildren } from 'preact';
import { count } from '../../exporters/figures.ts';
import { roughly, whole } from '../../exporters/html/page/format.tsx';
import { Mark } from '../../exporters/html/page/mark.tsx';
import type { Dropped } from '../../profile.ts';
import type { MonitorStatus } from '../frame.ts';
import type { Link } from './connection.ts';
import type { Picture } from './model.ts';

export interface HeaderProps {
  readonly status: MonitorStatus | null;
  readonly picture: Picture | null;
  readonly link: Link;
  /** Why it was lost or refused. */
  readonly why: string;
  readonly isPaused: boolean;
  /** What went wrong with what somebody pressed; empty for nothing. */
  readonly trouble: string;
  /** Buttons. */
  readonly children: ComponentChildren;
  onForgive(): void;
}

export function Header({ status, picture, link, why, isPaused, trouble, children, onForgive }: HeaderProps) {
  const threads = picture?.threads.filter(({ state }) => state !== 'ended').length ?? 0;
  const ended = (picture?.threads.length ?? 0) - threads;
  const dropped = picture === null ? '' : droppedText(picture.dropped);
  return (
    <header class="head">
      <Banner link={link} why={why} />
      {trouble !== '' && (
        <p class="warning" role="alert">
          <strong>That did not work. </strong>
          {trouble}{' '}
          <button type="button" class="link" onClick={onForgive}>
            Dismiss
          </button>
        </p>
      )}
      {dropped !== '' && (
        <p class="warning" role="note">
          <strong>Incomplete. </strong>
          {dropped}
        </p>
      )}
      <div class="title">
        <Mark />
        <h1>{titleOf(status)}</h1>
        <State link={link} isPaused={isPaused} isRunning={picture?.isRunning ?? false} />
        <div class="actions">{children}</div>
      </div>
      <p class="facts-line">
        {status !== null && <span>process {status.pid}</span>}
        {picture !== null && (
          <>
            {status !== null && <span>up {uptime(picture.atMs - status.startedAtMs)}</span>}
            <span>
              {count(threads, 'thread')}
              {ended > 0 && `, ${ended} ended`}
            </span>
            <span>{count(picture.rows.length, 'function')}</span>
            <span class="moving">
              <b>{roughly(picture.callsPerSecond)}</b> calls/s
            </span>
            {picture.hasCpu && (
              <span class="moving">
                <b>{Math.round(picture.load * 100)}%</b> cpu
              </span>
            )}
            <span>{picture.precision} precision</span>
          </>
        )}
        {status !== null && <span>Node {status.nodeVersion}</span>}
      </p>
    </header>
  );
}

function State({
  link,
  isPaused,
  isRunning,
}: Pick<HeaderProps, 'link' | 'isPaused'> & { readonly isRunning: boolean }) {
  const [name, text] =
    link === 'ended'
      ? ['ended', 'ended']
      : link !== 'live'
        ? ['lost', link === 'connecting' ? 'connecting' : 'no connection']
        : isPaused
          ? ['paused', 'paused']
          : isRunning
            ? ['live', 'profiling']
            : ['stopped', 'not profiling'];
  return (
    <span class={`state is-${name}`} role="status">
      {text}
    </span>
  );
}

function Banner({ link, why }: Pick<HeaderProps, 'link' | 'why'>) {
  if (link === 'ended') {
    return (
      <p class="warning" role="alert">
        <strong>The process has ended. </strong>These are its last figures.
      </p>
    );
  }
  if (link === 'refused') {
    return (
      <p class="warning" role="alert">
        <strong>This page needs the token. </strong>Open the whole address that was printed, with all that follows the
        #.
      </p>
    );
  }
  if (link !== 'lost') return null;
  return (
    <p class="warning" role="alert">
      <strong>Connection lost. </strong>
      {`${why}: trying again. The figures are the last that came.`}
    </p>
  );
}

function titleOf(status: MonitorStatus | null): string {
  return (status?.argv[0] ?? 'everycall').split(/[\\/]/).at(-1)!;
}

function uptime(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h} h ${m} min` : m > 0 ? `${m} min ${s} s` : `${s} s`;
}

/** Calls that were counted but have less than their whole figures, in one line. */
function droppedText({ edgeCalls, siteCalls, deepCalls, samples, threads, tagCalls, durations }: Dropped): string {
  const parts = [
    [siteCalls, 'calls of functions that found no room'],
    [edgeCalls, 'calls whose caller found no room'],
    [deepCalls, 'calls beyond the deepest stack'],
    [tagCalls, 'calls whose tag found no room'],
    [samples, 'samples whose stack found no room'],
    [durations, 'durations that found no room'],
    [threads, 'threads that found no room'],
  ] as const;
  return parts
    .filter(([n]) => n > 0)
    .map(([n, what]) => `${whole(n)} ${what}`)
    .join(', ');
}
