// Light or dark: what the system prefers, until the button was pressed.
import { useEffect, useState } from 'preact/hooks';

export function useTheme(): { isDark: boolean; toggle(): void } {
  const system = window.matchMedia('(prefers-color-scheme: dark)');
  const [isSystemDark, setSystemDark] = useState(system.matches);
  const [chosen, setChosen] = useState<boolean | null>(null);
  useEffect(() => {
    const listener = (event: MediaQueryListEvent) => setSystemDark(event.matches);
    system.addEventListener('change', listener);
    return () => system.removeEventListener('change', listener);
  }, []);
  const isDark = chosen ?? isSystemDark;
  // While rendering, so that whatever paints afterwards already finds the colours.
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
  return { isDark, toggle: () => setChosen(!isDark) };
}
