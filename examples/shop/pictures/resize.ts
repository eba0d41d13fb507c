// Work for a processor, in bursts.
import { setTimeout as sleep } from 'node:timers/promises';
import { random } from '../goods.ts';

const PIXELS = 40_000;

export async function resizePictures(): Promise<void> {
  for (;;) {
    for (let left = random(12); left > 0; left--) resizePicture(new Uint8Array(PIXELS).fill(random(256)));
    await sleep(random(250));
  }
}

function resizePicture(pixels: Uint8Array): number {
  const half = new Uint8Array(pixels.length / 4);
  for (let i = 0; i < half.length; i++) half[i] = averageOf(pixels, i * 4);
  return sharpen(half);
}

function averageOf(pixels: Uint8Array, at: number): number {
  return (pixels[at] + pixels[at + 1] + pixels[at + 2] + pixels[at + 3]) >> 2;
}

function sharpen(pixels: Uint8Array): number {
  let sum = 0;
  for (let i = 1; i < pixels.length - 1; i++) sum += 3 * pixels[i] - pixels[i - 1] - pixels[i + 1];
  return sum;
}
