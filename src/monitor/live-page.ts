// The page of `everycall web`, and of a monitor's own port: one document that loads nothing and runs no script or style but
// its own. It says nothing of the program, so it needs no token; what it asks for does.
import { PAGE_SCRIPT, PAGE_SCRIPT_HASH, PAGE_STYLE, PAGE_STYLE_HASH } from './page.generated.ts';

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E" +
  "%3Crect y='10' width='16' height='5' rx='1' fill='%23b5451b'/%3E%3Crect y='5' width='10' height='4' rx='1' " +
  "fill='%23dd8452'/%3E%3Crect y='1' width='5' height='3' rx='1' fill='%23efb68d'/%3E%3C/svg%3E";

export const LIVE_PAGE_HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': [
    "default-src 'none'",
    `script-src '${PAGE_SCRIPT_HASH}'`,
    `style-src '${PAGE_STYLE_HASH}'`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
};

export const LIVE_PAGE = [
  '<!doctype html>',
  '<html lang="en">',
  '<head>',
  '<meta charset="utf-8">',
  '<meta name="viewport" content="width=device-width, initial-scale=1">',
  '<meta name="color-scheme" content="light dark">',
  '<title>everycall</title>',
  `<link rel="icon" href="${ICON}">`,
  `<style>${PAGE_STYLE}</style>`,
  '</head>',
  '<body>',
  '<div id="live"></div>',
  '<noscript>This page shows figures as they come: it needs JavaScript, and nothing from other machines.</noscript>',
  `<script>${PAGE_SCRIPT}</script>`,
  '</body>',
  '</html>',
  '',
].join('\n');
