// Markdown to HTML: regular expressions, small methods, strings.
// Its own CommonJS build, under a name by which Node takes it for that: hooks of tools that know no ES modules see it, too.
const { marked } = require('../../results/build/marked.cjs');

const SECTIONS = 150;
const section = (i) => `
## Section ${i}

Text with *emphasis*, **weight**, \`code\`, a [link](https://example.org/${i}) and a line
that goes on in the next one.

* one
* two with \`code\`
  1. nested
  2. again

| name | value |
|------|------:|
| a${i} | ${i}   |

> A quotation, and then some code:

\`\`\`js
const x = ${i};
\`\`\`
`;
const text = Array.from({ length: SECTIONS }, (_, i) => section(i)).join('');

const occurrences = (html, tag) => html.split(`<${tag}`).length - 1;

exports.run = () => marked.parse(text);
exports.check = (html) => {
  for (const [tag, each] of Object.entries({ h2: 1, table: 1, li: 4, em: 1, strong: 1, blockquote: 1, pre: 1 })) {
    const found = occurrences(html, tag);
    if (found !== SECTIONS * each) throw new Error(`expected ${SECTIONS * each} of ${tag}, got ${found}`);
  }
};
