// A small explicit-state search: all interleavings of a few processes over a shared state, breadth first, so that what it
// finds is the shortest way to a broken promise. States are plain data and are told apart by their JSON.

/** One thing a process can do at once, nobody else being able to look in between. `null`: it cannot happen here. */
export interface Step<S> {
  readonly name: string;
  /** Changes the copy that it is given; false if the step cannot be taken in this state. */
  take(state: S): boolean;
}

export interface Model<S> {
  readonly initial: S;
  readonly steps: readonly Step<S>[];
  /** What must hold in every state; the broken promise in words, or `null`. */
  broken(state: S): string | null;
  /** Whether a state in which no step can be taken is a proper end. */
  isEnd(state: S): boolean;
}

export interface Found {
  readonly states: number;
  /** The broken promise and the steps that lead there; `null` if there is no such way. */
  readonly problem: { readonly promise: string; readonly steps: readonly string[] } | null;
}

export function search<S>(model: Model<S>, maxStates = 2_000_000): Found {
  const keys: string[] = [JSON.stringify(model.initial)];
  const from: number[] = [-1];
  const by: number[] = [-1];
  const known = new Set(keys);
  const wayTo = (index: number): string[] => {
    const steps: string[] = [];
    for (let at = index; from[at] >= 0; at = from[at]) steps.unshift(model.steps[by[at]].name);
    return steps;
  };
  for (let at = 0; at < keys.length; at++) {
    if (keys.length > maxStates) throw new RangeError(`more than ${maxStates} states`);
    const promise = model.broken(JSON.parse(keys[at]) as S);
    if (promise !== null) return { states: keys.length, problem: { promise, steps: wayTo(at) } };
    let isStuck = true;
    for (const [i, step] of model.steps.entries()) {
      const next = JSON.parse(keys[at]) as S;
      if (!step.take(next)) continue;
      isStuck = false;
      const key = JSON.stringify(next);
      if (known.has(key)) continue;
      known.add(key);
      keys.push(key);
      from.push(at);
      by.push(i);
    }
    if (isStuck && !model.isEnd(JSON.parse(keys[at]) as S)) {
      return { states: keys.length, problem: { promise: 'nobody can go on', steps: wayTo(at) } };
    }
  }
  return { states: keys.length, problem: null };
}
