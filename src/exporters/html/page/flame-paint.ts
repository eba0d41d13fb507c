// Paints the visible part of a flame graph on a canvas. Knows pixels and nothing of events; reads the tree, changes nothing.
import type { Shade } from './flame-colors.ts';
import { childrenOf, pathTo } from './flame-tree.ts';
import type { FlameTree } from './flame-tree.ts';

export const ROW_PX = 21;
/** Frames narrower than this are painted together: nobody could tell them apart. */
const LEAST_PX = 0.7;
const TEXT_FROM_PX = 28;

export interface FlameScene {
  readonly tree: FlameTree;
  /** The node that takes the whole width. */
  readonly zoom: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly scrollPx: number;
  readonly matches: Uint8Array | null;
  /** Outlined, -1 for none. */
  readonly hover: number;
  readonly cursor: number;
  readonly font: string;
  readonly background: string;
  readonly outline: string;
  nameOf(node: number): string;
  shadeOf(node: number): Shade;
  readonly matchShade: Shade;
}

export function paintFlame(context: CanvasRenderingContext2D, scene: FlameScene): void {
  const { tree, zoom, widthPx, heightPx, scrollPx } = scene;
  context.fillStyle = scene.background;
  context.fillRect(0, 0, widthPx, heightPx);
  if (tree.totalNs[zoom] === 0) return;
  context.font = scene.font;
  context.textBaseline = 'middle';
  context.direction = 'ltr';
  const letterPx = context.measureText('m').width;
  const pxPerNs = widthPx / tree.totalNs[zoom];
  const firstDepth = Math.floor(scrollPx / ROW_PX);
  const lastDepth = Math.floor((scrollPx + heightPx) / ROW_PX);

  const isDimmed = (node: number) => scene.matches !== null && scene.matches[tree.fn[node]] !== 1;
  const paint = (node: number, x: number, width: number, isAncestor: boolean) => {
    const y = tree.depth[node] * ROW_PX - scrollPx;
    const isMatch = scene.matches !== null && !isDimmed(node) && node !== 0;
    const { fill, text } = isMatch ? scene.matchShade : scene.shadeOf(node);
    context.globalAlpha = isDimmed(node) ? 0.35 : isAncestor ? 0.6 : 1;
    context.fillStyle = fill;
    const box = Math.max(LEAST_PX, width - 1);
    context.fillRect(x, y, box, ROW_PX - 1);
    context.globalAlpha = isDimmed(node) ? 0.6 : 1;
    if (isMatch && width > 3) {
      context.fillStyle = text;
      context.fillRect(x, y + ROW_PX - 3, box, 2); // not by colour alone
    }
    if (width >= TEXT_FROM_PX) {
      context.fillStyle = text;
      const room = width - 9;
      const label = fitted(scene.nameOf(node), Math.floor(room / letterPx));
      if (label !== '') context.fillText(label, x + 4, y + ROW_PX / 2, room);
    }
    context.globalAlpha = 1;
    if (node === scene.cursor || node === scene.hover) {
      context.strokeStyle = scene.outline;
      context.lineWidth = node === scene.cursor ? 2 : 1;
      context.strokeRect(x + 0.5, y + 0.5, Math.max(1, box - 1), ROW_PX - 2);
    }
  };

  for (const node of pathTo(tree, zoom).slice(0, -1)) paint(node, 0, widthPx, true);
  const todo = [zoom];
  for (let node = todo.pop(); node !== undefined; node = todo.pop()) {
    const x = (tree.fromNs[node] - tree.fromNs[zoom]) * pxPerNs;
    if (tree.depth[node] >= firstDepth) paint(node, x, tree.totalNs[node] * pxPerNs, false);
    if (tree.depth[node] >= lastDepth) continue;
    for (const child of childrenOf(tree, node)) {
      if (tree.totalNs[child] * pxPerNs >= LEAST_PX) {
        todo.push(child);
        continue;
      }
      // The longest come first: this one and all after it are too narrow, and together one pale strip.
      const from = (tree.fromNs[child] - tree.fromNs[zoom]) * pxPerNs;
      const until = x + (tree.totalNs[node] - tree.selfNs[node]) * pxPerNs;
      context.globalAlpha = 0.25;
      context.fillStyle = scene.outline;
      context.fillRect(from, tree.depth[child] * ROW_PX - scrollPx, Math.max(0, until - from), ROW_PX - 1);
      context.globalAlpha = 1;
      break;
    }
  }
}

function fitted(name: string, letters: number): string {
  if (name.length <= letters) return name;
  return letters < 3 ? '' : `${name.slice(0, letters - 1)}…`;
}
