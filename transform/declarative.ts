// Whether a module's body only declares: nothing in it calls anything, so that a bundler may leave it out with what it
// declares. Says no where it is not certain.
import type { types as t } from '@babel/core';
import { isTrivial } from './kinds.ts';

export function onlyDeclares({ body }: t.Program): boolean {
  return body.every(declares);
}

function declares(statement: t.Statement): boolean {
  switch (statement.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'FunctionDeclaration':
    case 'EmptyStatement':
    case 'TSInterfaceDeclaration':
    case 'TSTypeAliasDeclaration':
    case 'TSDeclareFunction':
      return true;
    case 'ExportNamedDeclaration':
      return !statement.declaration || declares(statement.declaration);
    case 'ExportDefaultDeclaration':
      return declaresDefault(statement.declaration);
    case 'VariableDeclaration':
      return (
        !statement.kind.endsWith('using') &&
        statement.declarations.every(({ id, init }) => id.type === 'Identifier' && isHarmless(init))
      );
    case 'ClassDeclaration':
      return isPlainClass(statement);
    default:
      return false;
  }
}

function declaresDefault(declaration: t.ExportDefaultDeclaration['declaration']): boolean {
  return declaration.type === 'FunctionDeclaration' || declaration.type === 'TSDeclareFunction'
    ? true
    : isHarmless(declaration);
}

function isHarmless(value: t.Node | null | undefined): boolean {
  return value?.type === 'ClassDeclaration' || value?.type === 'ClassExpression'
    ? isPlainClass(value)
    : isTrivial(value);
}

/** Neither extends anything nor runs code where it stands. */
function isPlainClass({ superClass, decorators, body }: t.Class): boolean {
  return (
    !superClass &&
    !decorators?.length &&
    body.body.every(
      (member) =>
        member.type !== 'StaticBlock' &&
        !('decorators' in member && member.decorators?.length) &&
        !('computed' in member && member.computed) &&
        !('static' in member && member.static && 'value' in member && !isTrivial(member.value)),
    )
  );
}
