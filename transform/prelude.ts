// What stands at the top of an instrumented file, and round its module body. The body gets no `try`, since that would
// take import, export and hoisting with it; a frame whose exit is lost is closed by the next exit or the job's end.
//
// ES module. A function of it may run before its body does, when there is a cycle of imports:
//   import { state as $s, enter as $e, exit as $x, enterModule as $m, register as $r } from "everycall/runtime";
//   var $b = $i(1);
//   function $i(first) { $b = $b || $r(file, hash, count, table); return first ? $b : $s; }
//   const $h = $s[0] ? $m($b) : 0;
//   …
//   if ($h !== 0) $x($h);
// With a top-level await: const $h = $s[0] ? $a($b, 3) : null; … if ($h !== null) $f($h); a file that suspends asks
// for the hooks that it uses, too.
//
// CommonJS: const { state: $s, … } = require("everycall/runtime"); const $b = $r(…); and the same last three lines. What
// was an ES module and has functions that call `$i` keeps its two lines. For bundlers the call that registers is marked
// `@__PURE__`: where no function is left that needs `$b`, nothing is.
//
// Body of a function, as test runners make a file one: it finds what it needs by the runtime's key, all in `var`.
//   var $g_1f2e3d4c = globalThis[Symbol.for("everycall.runtime/3")] || { state: [0], register: function () {} },
//     $s_1f2e3d4c = …, $h_1f2e3d4c = $s_1f2e3d4c[0] ? $m_1f2e3d4c($b_1f2e3d4c) : 0;
//   …
//   var $h_1f2e3d4c = $h_1f2e3d4c !== 0 && $x_1f2e3d4c($h_1f2e3d4c);
//
// Script, which may run twice in one realm, share it with others, be asked for its completion value, or run where there
// is no runtime. Its names are properties of the global object that nobody enumerates, and that no other file has; where
// there are none its functions run as a text elsewhere does. A `var` that binds nothing has no completion value. What may
// be CommonJS after all also asks `require` for the runtime.
//   var {} = (() => {
//     try { const hooks = globalThis[…]; … Object.defineProperty(globalThis, name, { __proto__: null, value, … }) } catch {}
//     return 0;
//   })();
//   …
//   var {} = typeof $b_1f2e3d4c === "number" && $h_1f2e3d4c !== 0 && $x_1f2e3d4c($h_1f2e3d4c) || 0;
import type { types as t } from '@babel/core';
import { ASYNC_MODULE, NOT_ACTIVATED, NOT_ENTERED, RUNTIME_KEY, STOPPED, TICK } from '../runtime/contract.ts';
import { SUSPENSION_HOOKS } from './identifiers.ts';
import type { Identifiers, SuspensionHook } from './identifiers.ts';
import type { ModuleKind } from './options.ts';
import type { Syntax } from './syntax.ts';

export interface Registration {
  readonly file: string;
  readonly hash: string;
  readonly count: number;
  readonly table: string;
}

export interface PreludeOptions {
  readonly kind: ModuleKind;
  /** Specifier of the runtime. */
  readonly runtime: string;
  /** Whether the module's body is a site; it is site 0 then. */
  readonly withBody: boolean;
  /** Whether the module's body has a top-level await. */
  readonly bodySuspends: boolean;
  /** Whether functions of it may run before its body does, and so ask for the base by `init`. */
  readonly hasEarly: boolean;
  /** Hooks that the file uses beside those that every file does. */
  readonly used: ReadonlySet<SuspensionHook>;
  readonly topLevelNames: ReadonlySet<string>;
  /** Whether a script may be CommonJS after all, and gets the runtime by `require` where it is not there yet. */
  readonly mayRequire: boolean;
  /** Marks the registration as a call that may be left out where nobody uses the base. */
  readonly treeShaking: boolean;
}

/** Whether the program leaves us a way to the runtime: not if it binds the names by which we would ask for it. */
export function canReachRuntime(kind: ModuleKind, topLevelNames: ReadonlySet<string>): boolean {
  if (kind === 'esm' || (kind === 'commonjs' && !topLevelNames.has('require'))) return true;
  return !topLevelNames.has('Symbol') && !topLevelNames.has('globalThis');
}

/** What the beginning and end of a module's body with a top-level await call. */
const MODULE_HOOKS: ReadonlySet<string> = new Set(['activate', 'finish']);

export function addPrelude(
  { types, parse }: Syntax,
  program: t.Program,
  identifiers: Identifiers,
  registration: Registration,
  { kind, runtime, withBody, bodySuspends, hasEarly, used, topLevelNames, mayRequire, treeShaking }: PreludeOptions,
): void {
  const { state, enter, exit, enterModule, register, base, init, moduleHandle } = identifiers;
  const hooks: Record<string, string> = { state, enter, exit, enterModule, register };
  const needed = SUSPENSION_HOOKS.filter((hook) => used.has(hook) || (bodySuspends && MODULE_HOOKS.has(hook)));
  for (const hook of needed) hooks[hook] = identifiers[hook];
  const specifier = JSON.stringify(runtime);
  const word = kind === 'body' ? 'var' : 'const';
  const registering = `${register}(0, 0, 0, 0)`;
  const registeredAnyTime = `var base = init(1);
    function init(first) { base = base || ${registering}; return first ? base : ${state}; }`;
  const found = `globalThis[Symbol.for(${JSON.stringify(RUNTIME_KEY)})]`;
  const source = {
    esm: () => `import { ${pairs(hooks, ' as ')} } from ${specifier}; ${registeredAnyTime}`,
    commonjs: () =>
      topLevelNames.has('require')
        ? source.body()
        : `const { ${pairs(hooks, ': ')} } = require(${specifier});
           ${hasEarly ? registeredAnyTime : `const base = ${registering};`}`,
    body: () => {
      const taken = Object.entries(hooks).map(([hook, name]) => `${name} = init.${hook}`);
      return `${word} init = ${found} || { state: [${STOPPED}], register: function () {} }, ${taken.join(', ')},
        base = ${registering};`;
    },
    script: () => {
      const defined = Object.entries(hooks).map(([hook, name]) => `define("${name}", hooks.${hook});`);
      const handle = withBody ? `hooks.state[${TICK}] ? hooks.enterModule(at) : ${NOT_ENTERED}` : NOT_ENTERED;
      const required = mayRequire ? ` || typeof require === "function" && require(${specifier})` : '';
      return `var {} = (() => {
        try {
          const hooks = ${found}${required};
          if (hooks) {
            const define = (name, value) => Object.defineProperty(globalThis, name,
              { __proto__: null, value, writable: true, configurable: true });
            const at = hooks.register(0, 0, 0, 0);
            ${defined.join(' ')}
            define("${moduleHandle}", ${handle});
            define("${base}", at);
          }
        } catch {}
        return 0;
      })();`;
    },
  };
  const { activate, finish } = identifiers;
  const [none, begin, end] = bodySuspends
    ? [NOT_ACTIVATED, `${activate}(base, ${ASYNC_MODULE})`, finish]
    : [NOT_ENTERED, `${enterModule}(base)`, exit];
  const isScript = kind === 'script';
  const before = withBody && !isScript ? `${word} ${moduleHandle} = ${state}[${TICK}] ? ${begin} : ${none};` : '';
  const after = {
    script: `var {} = typeof ${base} === "number" && ${moduleHandle} !== ${none} && ${end}(${moduleHandle}) || 0;`,
    body: `var ${moduleHandle} = ${moduleHandle} !== ${none} && ${end}(${moduleHandle});`,
    esm: `if (${moduleHandle} !== ${none}) ${end}(${moduleHandle});`,
    commonjs: `if (${moduleHandle} !== ${none}) ${end}(${moduleHandle});`,
  }[kind];

  const prelude = parse(source[kind]() + before, { base, init });
  types.traverseFast(types.blockStatement(prelude), (node) => {
    if (node.type === 'CallExpression' && node.arguments.length === 4) {
      node.arguments = [
        types.stringLiteral(registration.file),
        types.stringLiteral(registration.hash),
        types.numericLiteral(registration.count),
        singleQuoted(types, registration.table),
      ];
    }
  });
  const statement = prelude.find((each) => each.type === 'VariableDeclaration' && isNamed(each, base));
  const call = (statement as t.VariableDeclaration | undefined)?.declarations[0].init;
  // A comment of a template would have a place, which is none of the program's.
  if (treeShaking && call) types.addComment(call, 'leading', ' @__PURE__ ');
  program.body.unshift(...prelude);
  if (withBody) program.body.push(...parse(after));
}

function isNamed({ declarations: [{ id }] }: t.VariableDeclaration, name: string): boolean {
  return id.type === 'Identifier' && id.name === name;
}

function pairs(hooks: Record<string, string>, between: string): string {
  return Object.entries(hooks)
    .map(([hook, name]) => hook + between + name)
    .join(', ');
}

/** JSON is full of double quotes: between single ones it is shorter by one in eight. */
function singleQuoted(types: Syntax['types'], text: string): t.StringLiteral {
  const raw = `'${text.replace(/[\\']/g, '\\$&').replace(/[\u2028\u2029]/g, (each) => `\\u${each.charCodeAt(0).toString(16)}`)}'`;
  return Object.assign(types.stringLiteral(text), { extra: { raw, rawValue: text } });
}
