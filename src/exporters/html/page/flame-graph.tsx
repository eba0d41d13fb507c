// The flame graph: where time went, by stack. The longest callee is on the left; the order says nothing of when.
// Fed by a tree and names; keeps nothing but where the pointer and the cursor are.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { percent } from '../../figures.ts';
import { CUT_STACKS } from '../embedded.ts';
import type { Shade } from './flame-colors.ts';
import { paintFlame, ROW_PX } from './flame-paint.ts';
import { childrenOf, matchedNs, nodeAt, pathTo, ROOT_NODE } from './flame-tree.ts';
import type { FlameTree } from './flame-tree.ts';
import { timeText, whole } from './format.tsx';
import { useKeys } from './keyboard.ts';

export interface FlameGraphProps {
  readonly tree: FlameTree;
  readonly clockName: string;
  readonly isDark: boolean;
  readonly hasKeys: boolean;
  /** The node that takes the whole width. */
  readonly zoom: number;
  /** 1 for each function that a search found. */
  readonly matches: Uint8Array | null;
  nameOf(fn: number): string;
  placeOf(fn: number): string;
  shadeOf(fn: number): Shade;
  onZoom(node: number): void;
  onOpen(fn: number): void;
  onPaint?(): void;
}

/** Breadcrumbs shown at either end of a long path. */
const CRUMBS = 4;

export function FlameGraph(props: FlameGraphProps) {
  const { tree, clockName, isDark, hasKeys, zoom, matches, onZoom, onOpen, onPaint } = props;
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [size, setSize] = useState({ widthPx: 0, heightPx: 0 });
  const [scrollPx, setScrollPx] = useState(0);
  const [hover, setHover] = useState<{ node: number; x: number; y: number } | null>(null);
  const [cursor, setCursor] = useState(-1);
  const cursorNode = cursor >= 0 && tree.totalNs[cursor] > 0 ? cursor : zoom;
  const isFunction = (node: number) => node > ROOT_NODE && tree.fn[node] !== CUT_STACKS;
  const nameOf = (node: number) => (tree.fn[node] === CUT_STACKS ? '(smaller stacks)' : props.nameOf(tree.fn[node]));

  useLayoutEffect(() => {
    const element = box.current!;
    const measure = () => setSize({ widthPx: element.clientWidth, heightPx: element.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);

  useLayoutEffect(() => {
    const { widthPx, heightPx } = size;
    if (widthPx === 0) return;
    const element = canvas.current!;
    const scale = window.devicePixelRatio || 1;
    element.width = Math.round(widthPx * scale);
    element.height = Math.round(heightPx * scale);
    const context = element.getContext('2d')!;
    context.scale(scale, scale);
    const style = getComputedStyle(element);
    paintFlame(context, {
      tree,
      zoom,
      widthPx,
      heightPx,
      scrollPx,
      matches,
      hover: hover?.node ?? -1,
      cursor: hasKeys && cursor >= 0 ? cursorNode : -1,
      font: `12px ${style.fontFamily}`,
      background: style.backgroundColor,
      outline: style.color,
      nameOf,
      shadeOf: (node) =>
        isFunction(node) ? props.shadeOf(tree.fn[node]) : { fill: style.borderTopColor, text: style.color },
      matchShade: isDark ? { fill: '#cf8a3a', text: '#1d1400' } : { fill: '#ffb454', text: '#2b1a00' },
    });
    onPaint?.();
  }, [tree, zoom, size, scrollPx, matches, hover?.node, cursorNode, cursor >= 0, hasKeys, isDark]);

  useEffect(() => {
    // Keep the zoomed frame in sight, with some of the path to it.
    const top = tree.depth[zoom] * ROW_PX;
    const element = box.current!;
    if (top < element.scrollTop || top > element.scrollTop + element.clientHeight - ROW_PX) {
      element.scrollTop = Math.max(0, top - 3 * ROW_PX);
    }
  }, [zoom, tree]);

  const moveCursor = (node: number | undefined) => {
    if (node === undefined) return;
    setCursor(node);
    const element = box.current!;
    const top = tree.depth[node] * ROW_PX;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + ROW_PX > element.scrollTop + element.clientHeight) {
      element.scrollTop = top + ROW_PX - element.clientHeight;
    }
  };
  const sibling = (step: number) => {
    if (cursorNode === zoom) return undefined;
    const siblings = [...childrenOf(tree, tree.parent[cursorNode])];
    return siblings[siblings.indexOf(cursorNode) + step];
  };
  useKeys(hasKeys, (key) => {
    switch (key) {
      case 'ArrowDown':
      case 'j':
        return moveCursor(childrenOf(tree, cursorNode)[0]);
      case 'ArrowUp':
      case 'k':
        if (cursorNode !== ROOT_NODE) moveCursor(tree.parent[cursorNode]);
        if (cursorNode === zoom && zoom !== ROOT_NODE) onZoom(tree.parent[zoom]);
        return;
      case 'ArrowRight':
      case 'l':
        return moveCursor(sibling(1));
      case 'ArrowLeft':
      case 'h':
        return moveCursor(sibling(-1));
      case 'Home':
        onZoom(ROOT_NODE);
        return setCursor(ROOT_NODE);
      case 'Enter':
        setCursor(cursorNode);
        return onZoom(cursorNode === zoom && zoom !== ROOT_NODE ? tree.parent[zoom] : cursorNode);
      case 'd':
      case ' ':
        return isFunction(cursorNode) && onOpen(tree.fn[cursorNode]);
      default:
        return false;
    }
  });

  const nodeUnder = (event: MouseEvent): number => {
    const { left, top, width } = canvas.current!.getBoundingClientRect();
    const depth = Math.floor((event.clientY - top + scrollPx) / ROW_PX);
    if (depth < tree.depth[zoom]) return pathTo(tree, zoom)[depth];
    const shareOfWidth = (event.clientX - left) / width;
    return nodeAt(tree, zoom, depth, tree.fromNs[zoom] + shareOfWidth * tree.totalNs[zoom]);
  };

  const facts = (node: number) => {
    const up = tree.parent[node];
    const share = (ofNs: number) => percent(ofNs > 0 ? tree.totalNs[node] / ofNs : 0);
    return {
      total: `${timeText(tree.totalNs[node])} ${clockName}, ${share(tree.totalNs[ROOT_NODE])} of all`,
      self: `self ${timeText(tree.selfNs[node])}`,
      ofParent: up > 0 ? `${share(tree.totalNs[up])} of ${nameOf(up)}` : '',
      samples: tree.samples[node] > 0 ? `${whole(tree.samples[node])} samples` : '',
    };
  };
  const sentence = (node: number) => Object.values(facts(node)).filter(Boolean).join(' · ');
  const path = pathTo(tree, zoom);
  const crumbs = path.length > 2 * CRUMBS ? [...path.slice(0, 1), -1, ...path.slice(1 - 2 * CRUMBS)] : path;
  const matched = matches === null ? 0 : matchedNs(tree, matches);
  const allNs = tree.totalNs[ROOT_NODE];
  return (
    <div class="flame">
      <nav class="crumbs" aria-label="Path to the frame in view">
        {crumbs.map((node, i) =>
          node < 0 ? (
            <span key="cut">…</span>
          ) : (
            <button
              type="button"
              key={node}
              aria-current={i === crumbs.length - 1 ? 'location' : undefined}
              onClick={() => onZoom(node)}
            >
              {node === ROOT_NODE ? 'everything' : nameOf(node)}
            </button>
          ),
        )}
        {matches !== null && (
          <output class="matched">{`matched ${percent(allNs > 0 ? matched / allNs : 0)} of ${timeText(allNs)}`}</output>
        )}
      </nav>
      <div class="flame-box" ref={box} onScroll={(event) => setScrollPx(event.currentTarget.scrollTop)}>
        <div class="flame-space" style={{ height: `${Math.max(size.heightPx, (tree.deepest + 2) * ROW_PX)}px` }}>
          <canvas
            ref={canvas}
            tabIndex={0}
            role="application"
            aria-label="Flame graph: arrow keys move, Enter zooms, d opens details"
            aria-describedby="flame-facts"
            style={{ width: `${size.widthPx}px`, height: `${size.heightPx}px` }}
            onMouseMove={(event) => {
              const node = nodeUnder(event);
              setHover(node < 0 || node === undefined ? null : { node, x: event.clientX, y: event.clientY });
            }}
            onMouseLeave={() => setHover(null)}
            onClick={(event) => {
              const node = nodeUnder(event);
              if (node === undefined || node < 0) return;
              setCursor(node);
              onZoom(node);
            }}
            onDblClick={(event) => {
              const node = nodeUnder(event);
              if (isFunction(node)) onOpen(tree.fn[node]);
            }}
          />
        </div>
      </div>
      <div class="flame-facts">
        <p id="flame-facts" role="status">
          <strong class="name">{cursorNode === ROOT_NODE ? 'everything' : nameOf(cursorNode)}</strong>{' '}
          <span>{sentence(cursorNode)}</span>
        </p>
        {isFunction(cursorNode) && (
          <button type="button" onClick={() => onOpen(tree.fn[cursorNode])}>
            Details
          </button>
        )}
      </div>
      {hover !== null && (
        <div class="tip" style={tipPlace(hover.x, hover.y)} aria-hidden="true">
          <strong class="name">{hover.node === ROOT_NODE ? 'everything' : nameOf(hover.node)}</strong>
          {isFunction(hover.node) && <div class="place">{props.placeOf(tree.fn[hover.node])}</div>}
          {Object.values(facts(hover.node))
            .filter(Boolean)
            .map((fact) => (
              <div key={fact}>{fact}</div>
            ))}
        </div>
      )}
    </div>
  );
}

/** Beside the pointer, on the side where there is room. */
function tipPlace(x: number, y: number) {
  const side = x > window.innerWidth / 2 ? { right: `${window.innerWidth - x + 14}px` } : { left: `${x + 14}px` };
  const end = y > window.innerHeight * 0.7 ? { bottom: `${window.innerHeight - y + 14}px` } : { top: `${y + 14}px` };
  return { ...side, ...end };
}
