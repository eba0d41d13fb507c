// The head of the page: what is missing from the figures first, then what was profiled and how.
import type { ComponentChildren } from 'preact';
import { count } from '../../figures.ts';
import type { EmbeddedProcess } from '../embedded.ts';
import { roughly, timeText, whole } from './format.tsx';
import { Mark } from './mark.tsx';
import type { Report } from './report.ts';

export interface HeaderProps {
  readonly report: Report;
  readonly functions: number;
  readonly calls: number;
  readonly children: ComponentChildren;
  onAbout(): void;
}

export function Header({ report, functions, calls, children, onAbout }: HeaderProps) {
  const { processes, sessions, threads, notInstrumented } = report;
  const lastedNs = sessions.reduce((sum, { durationNs }) => sum + durationNs, 0);
  const facts = [
    processes.length > 1 && count(processes.length, 'process', 'processes'),
    `${sessions.length === 1 ? '' : `${count(sessions.length, 'session')}, `}${timeText(lastedNs)}`,
    count(threads.length, 'thread'),
    `${whole(functions)} ${functions === 1 ? 'function' : 'functions'}`,
    `${roughly(calls)} ${calls === 1 ? 'call' : 'calls'}`,
    [...new Set(processes.map(precisionText))].join(' / '),
    processes.some(({ running }) => running) && 'still running',
  ].filter((fact) => fact !== false);
  return (
    <header class="head">
      {report.warnings.map((warning) => (
        <p class="warning" role="note" key={warning}>
          <span aria-hidden="true">⚠ </span>
          <strong>Incomplete. </strong>
          {warning}
        </p>
      ))}
      <div class="title">
        <Mark />
        <h1>{report.title}</h1>
        <div class="actions">{children}</div>
      </div>
      <p class="facts-line">
        {facts.map((fact) => (
          <span key={fact}>{fact}</span>
        ))}
        {notInstrumented > 0 && <span>{`${whole(notInstrumented)} not instrumented`}</span>}
        <button type="button" class="link" onClick={onAbout}>
          About this profile
        </button>
      </p>
    </header>
  );
}

export function precisionText({ precision, tickMs, overhead }: EmbeddedProcess): string {
  if (precision === 'exact') return 'exact precision';
  const share = precision === 'adaptive' ? `overhead ${Number((overhead * 100).toFixed(1))} %, ` : '';
  return `${precision} precision (${share}tick ${tickMs} ms)`;
}

/** Everything that is known of how the profile was made. */
export function About({ report }: { readonly report: Report }) {
  const date = (ms: number) => new Date(ms).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
  return (
    <>
      {report.remarks.map((remark) => (
        <p key={remark}>{`${remark[0].toUpperCase()}${remark.slice(1)}.`}</p>
      ))}
      {report.processes.map((process, p) => (
        <dl class="about" key={p}>
          <dt>Program</dt>
          <dd class="name">{process.argv.join(' ')}</dd>
          <dt>Process</dt>
          <dd>{`${process.pid}, started ${date(process.startedAtMs)}`}</dd>
          <dt>Profile taken</dt>
          <dd>{`${date(process.takenAtMs)}${process.running ? ', still running' : ''}`}</dd>
          <dt>Sessions</dt>
          <dd>
            {report.sessions
              .filter((session) => session.process === p)
              .map(({ startedAtMs, durationNs }) => `${date(startedAtMs)} for ${timeText(durationNs)}`)
              .join('; ') || 'none'}
          </dd>
          <dt>Precision</dt>
          <dd>{precisionText(process)}</dd>
          <dt>Runtime</dt>
          <dd>{`Node ${process.nodeVersion}, ${process.platform}, everycall ${process.everycallVersion}`}</dd>
        </dl>
      ))}
    </>
  );
}
