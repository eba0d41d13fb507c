// Starts the page: reads the embedded profile and shows it.
import { render } from 'preact';
import type { Embedded, EmbeddedEdges } from '../embedded.ts';
import { App } from './app.tsx';
import { readReport } from './report.ts';

performance.mark('everycall:start');
const textOf = (id: string) => document.getElementById(id)!.textContent!;
const report = readReport(
  JSON.parse(textOf('profile')) as Embedded,
  () => JSON.parse(textOf('edges')) as EmbeddedEdges,
);
performance.mark('everycall:read');
const loaded = new Promise<void>((resolve) => document.addEventListener('DOMContentLoaded', () => resolve()));
render(<App report={report} loaded={loaded} />, document.getElementById('report')!);
