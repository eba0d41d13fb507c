// What the shop sells.
export const GOODS = ['teapot', 'lantern', 'kettle', 'umbrella', 'rocking chair', 'map of the moon'];

export function random(below: number): number {
  return Math.floor(Math.random() * below);
}
