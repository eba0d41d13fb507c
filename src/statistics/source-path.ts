// Paths of sources as text, whatever system they come from: with forward slashes, and out of file URLs.

/** The path of a file, for comparing and matching; what is no path stays as it is. */
export function pathOf(file: string): string {
  if (/^[a-z]:[\\/]|^\\\\/i.test(file)) return file.replaceAll('\\', '/');
  if (!file.startsWith('file:///')) return file;
  const path = file.slice('file://'.length).replace(/^\/(?=[a-z]:)/i, '');
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // not a URL that was made from a path
  }
}

/** The last part of a path; `node:fs` and the like stay whole. */
export function baseName(file: string): string {
  if (file.startsWith('node:')) return file;
  const path = pathOf(file);
  return path.slice(path.lastIndexOf('/') + 1);
}
