import { useSyncExternalStore } from 'react'
import { english, type TextKey } from './english.ts'

export type Language = 'en' | 'zh'

/** A text in the reader's language, with its values put in. */
export type Translate = (key: TextKey, values?: Readonly<Record<string, string | number>>) => string

type Texts = { language: Language; texts: Readonly<Record<TextKey, string>>; t: Translate }

const STORED = 'coffer.language'

const listeners = new Set<() => void>()
let current = textsOf('en', english)

/** Reads English at once, and anything else when it has been fetched. */
export async function chooseLanguage(language: Language): Promise<void> {
  const texts = language === 'zh' ? (await import('./chinese.ts')).chinese : english
  current = textsOf(language, texts)
  localStorage.setItem(STORED, language)
  document.documentElement.lang = language === 'zh' ? 'zh-Hans' : 'en'
  for (const listener of listeners) listener()
}

/** What was chosen before, or what the browser asks for. */
export function preferredLanguage(): Language {
  const told = localStorage.getItem(STORED) ?? navigator.language
  return told.startsWith('zh') ? 'zh' : 'en'
}

/** The texts of now; whoever uses them is drawn again when the language changes. */
export function useTexts(): Texts {
  return useSyncExternalStore(subscribe, () => current)
}

/** What a status is called, or the word itself where nobody named it. */
export function statusText({ t, texts }: Texts, status: string): string {
  const key = `status.${status}`
  return key in texts ? t(key as TextKey) : status.replaceAll('_', ' ')
}

function textsOf(language: Language, texts: Readonly<Record<TextKey, string>>): Texts {
  const t: Translate = (key, values = {}) =>
    texts[key].replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole))
  return { language, texts, t }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
