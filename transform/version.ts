// For the keys of caches, which shall not load the transform to know them.
import { CONTRACT_VERSION } from '../runtime/contract.ts';

/** Changes whenever the same source and options could give other code. */
export const TRANSFORM_VERSION = `${CONTRACT_VERSION}.5`;
