/** A language that notices are written in. */
export type Locale = 'en' | 'zh'

export const LOCALES = ['en', 'zh'] as const satisfies readonly Locale[]
