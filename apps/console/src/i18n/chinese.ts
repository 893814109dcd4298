import { chineseAccess } from './chinese-access.ts'
import { chineseFrame } from './chinese-frame.ts'
import { chinesePages } from './chinese-pages.ts'
import type { TextKey } from './english.ts'

/** Every text in Chinese. */
export const chinese: Readonly<Record<TextKey, string>> = {
  ...chineseFrame,
  ...chinesePages,
  ...chineseAccess,
}
