// Babel's two tools that the injected code is made with. They come from the Babel that runs the plugin, whatever its
// version, never from an import.
import type { template, types as t } from '@babel/core';

export interface Syntax {
  readonly types: typeof t;
  /** Statements without locations, from code that is taken as it is: no placeholders. */
  readonly parse: (code: string) => t.Statement[];
}

export function createSyntax(api: { types: typeof t; template: typeof template }): Syntax {
  return {
    types: api.types,
    parse: (code) => api.template.statements(code, { placeholderPattern: false, sourceType: 'module' })(),
  };
}
