import { englishAccess } from './english-access.ts'
import { englishFrame } from './english-frame.ts'
import { englishPages } from './english-pages.ts'

/** Every text of the console. `{name}` stands for a value. Chinese has the same keys. */
export const english = { ...englishFrame, ...englishPages, ...englishAccess }

export type TextKey = keyof typeof english
