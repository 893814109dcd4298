import { useSyncExternalStore } from 'react'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const STORED = 'coffer.theme'
const listeners = new Set<() => void>()

/** What was chosen, or the system's colours. */
export function storedTheme(): Theme {
  const told = localStorage.getItem(STORED)
  return THEMES.find((theme) => theme === told) ?? 'system'
}

export function chooseTheme(theme: Theme): void {
  localStorage.setItem(STORED, theme)
  applyTheme(theme)
  for (const listener of listeners) listener()
}

/** Without a theme of its own the page follows the system. */
export function applyTheme(theme: Theme): void {
  const { dataset } = document.documentElement
  if (theme === 'system') delete dataset['theme']
  else dataset['theme'] = theme
}

export const useTheme = (): Theme => useSyncExternalStore(subscribe, storedTheme)

/** Tells of every change of colours, the system's too; answers how to stop. */
export function onColours(listener: () => void): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)')
  system.addEventListener('change', listener)
  const stop = subscribe(listener)
  return () => {
    system.removeEventListener('change', listener)
    stop()
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
