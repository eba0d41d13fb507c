// Compiled modules in place of their sources, so that what is measured is what is published.

/** `file`: of dist/. */
export const published = <Module>(file: string): Promise<Module> =>
  import(new URL(`../../dist/${file}`, import.meta.url).href) as Promise<Module>;
