// Colours by package or folder that stay what they are while figures move: the order is that in which they were met. No DOM.
import { type Group, groupName } from '../../exporters/html/page/flame-colors.ts';
import type { FunctionIdentity } from '../../profile.ts';

export class Groups {
  readonly all: Group[] = [];
  readonly ofFunction: Group[] = [];
  readonly #byName = new Map<string, Group>();

  /** To be called for each function as it comes. */
  add(id: number, identity: FunctionIdentity): void {
    const name = groupName(identity);
    let group = this.#byName.get(name);
    if (group === undefined) {
      // All as long: the legend shows the first few.
      group = { name, selfWallNs: 1, rank: this.all.length };
      this.#byName.set(name, group);
      this.all.push(group);
    }
    this.ofFunction[id] = group;
  }
}
