// Opens pages in a real browser: headless Chromium, on a profile folder of its own that is gone when it closes. Nothing is
// downloaded, and a page that asks for an address outside this machine gets none.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { toolPath } from './tools.ts';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The command of Chromium; `undefined` where there is none: skip the test, whose title says `(needs chromium)`. */
export function chromiumPath(): string | undefined {
  return toolPath('chromium') ?? toolPath('chromium-browser') ?? toolPath('google-chrome');
}

/** A new browser; close it in `after()`. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = chromiumPath();
  if (executablePath === undefined) throw new Error('expected chromium to be installed, found none');
  return chromium.launch({ executablePath, headless: true, chromiumSandbox: false, args: ARGUMENTS });
}

export interface WatchedPage {
  readonly page: Page;
  /** Console errors and uncaught exceptions of the page so far, and what it asked of other machines. */
  readonly complaints: string[];
}

/** An empty page in a context of its own; every complaint of it is kept. */
export async function watchedPage(browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.stack ?? error.message}`));
  await context.route(
    (url) => !['file:', 'data:', 'blob:', 'about:'].includes(url.protocol) && url.hostname !== '127.0.0.1',
    (route) => {
      complaints.push(`asked for ${route.request().url()}`);
      return route.abort();
    },
  );
  return { page, complaints };
}

export interface Site {
  /** Ends with a slash. */
  readonly url: string;
  close(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
};

/** Serves a folder, and `files` by name in front of it, on a port of 127.0.0.1 that was free. */
export async function serveFolder(folder: string, files: Readonly<Record<string, string>> = {}): Promise<Site> {
  const server = createServer((request, response) => {
    const name = decodeURIComponent(new URL(request.url!, 'http://127.0.0.1').pathname).slice(1) || 'index.html';
    const type = TYPES[extname(name)] ?? 'application/octet-stream';
    const found = Object.hasOwn(files, name)
      ? Promise.resolve(files[name])
      : readFile(join(folder, normalize(`/${name}`)));
    found.then(
      (content) => response.writeHead(200, { 'content-type': type }).end(content),
      () => response.writeHead(404).end('not found'),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
