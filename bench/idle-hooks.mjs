// Module hooks that do nothing, for what Node's own part of them costs.
import module from 'node:module';

module.registerHooks?.({
  resolve: (specifier, context, next) => next(specifier, context),
  load: (url, context, next) => next(url, context),
});
