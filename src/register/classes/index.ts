// A Babel plugin for what TypeScript makes of classes, foremost under `experimentalDecorators` and without
// `useDefineForClassFields`. Babel's own legacy decorators give descriptors to the decorators of fields and know none of
// parameters; its own assignment of fields takes private names with it. Works before types are taken away, as parameter
// properties are types until then.
import type { NodePath, PluginObj, template, types as t } from '@babel/core';
import { assignFields, declareProperties } from './assigned-fields.ts';
import { collectDecorators, createHelpers, replaceDecorated } from './decorators.ts';

/** Babel's tools, from the Babel that runs. */
export interface Tools {
  readonly types: typeof t;
  readonly template: typeof template;
}

export interface ClassOptions {
  /** Whether decorators are the legacy ones. */
  readonly decorators: boolean;
  /** Whether fields are assigned. */
  readonly assign: boolean;
}

export function typescriptClasses(tools: Tools, { decorators, assign }: ClassOptions): PluginObj {
  return {
    name: 'everycall-typescript-classes',
    visitor: {
      Class(path) {
        if (!assign) declareProperties(tools, path);
      },
      Program(program) {
        if (!decorators && !assign) return;
        const helpers = createHelpers(tools, program);
        program.traverse({
          Class: {
            exit(path) {
              const found = decorators ? collectDecorators(tools, path, helpers.call) : null;
              if (assign) assignFields(tools, path);
              if (found !== null) replaceDecorated(tools, path as NodePath<t.ClassDeclaration>, found);
            },
          },
        });
        helpers.addTo(program);
        program.scope.crawl();
      },
    },
  };
}
