// Starts the page: reads the embedded profile and shows it.
import { render } from 'preact';
import type { Embedded } from '../embedded.ts';
import { App } from './app.tsx';
import { readReport } from './report.ts';

const embedded = JSON.parse(document.getElementById('profile')!.textContent!) as Embedded;
render(<App report={readReport(embedded)} />, document.getElementById('report')!);
