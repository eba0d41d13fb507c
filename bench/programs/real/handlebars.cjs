// Compiles a template and renders it. What Handlebars compiles is made with `new Function`, which no tool here instruments.
const handlebars = require('handlebars');

const ROWS = 400;
const TEMPLATE = `<table>
{{#each rows}}
  <tr class="{{#if even}}even{{else}}odd{{/if}}">
    <td>{{upper name}}</td><td>{{> price amount=price currency="EUR"}}</td>
    {{#each tags}}<td>{{this}}</td>{{/each}}
  </tr>
{{/each}}
</table>`;
const rows = Array.from({ length: ROWS }, (_, i) => ({
  even: i % 2 === 0,
  name: `<item ${i}>`,
  price: i * 1.5,
  tags: ['a', 'b', `t${i}`],
}));

exports.run = () => {
  const instance = handlebars.create();
  instance.registerHelper('upper', (text) => text.toUpperCase());
  instance.registerPartial('price', '<b>{{amount}}</b> {{currency}}');
  return instance.compile(TEMPLATE)({ rows });
};
exports.check = (html) => {
  const found = [/<tr /g, /"even"/g, /<td>/g, /&lt;ITEM \d+&gt;/g, /<\/b> EUR/g].map(
    (each) => html.match(each)?.length,
  );
  const expected = [ROWS, ROWS / 2, 5 * ROWS, ROWS, ROWS];
  if (String(found) !== String(expected)) throw new Error(`expected ${expected}, got ${found}`);
};
