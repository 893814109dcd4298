import { AppError } from '@coffer/errors/app-error'
import { catalogue, type EventType } from '@coffer/events/catalogue'
import type { Locale } from '../domain/locale.ts'
import { layoutHtml, layoutText } from './layout.ts'
import { type Letter, oneLine } from './letter.ts'
import { type ShowOptions, showIn } from './show.ts'
import { templateOf } from './templates.ts'

/** What every letter has in common. */
export type Stationery = Omit<ShowOptions, 'locale'> & {
  /** Who writes. */
  brand: string
}

export type LetterRequest = {
  type: EventType
  /** The event's data as it was published. */
  data: unknown
  locale: Locale
  /** Whom it is written to. */
  name?: string | undefined
}

/** Mail programs show no more of a subject. */
const SUBJECT_LENGTH_MAX = 200

/** The letter that tells of an event. Throws {@link LetterUnwritableError}. */
export const writeLetter =
  ({ brand, ...shown }: Stationery) =>
  ({ type, data, locale, name }: LetterRequest): Letter => {
    const template = templateOf(type)
    if (template === undefined) throw new LetterUnwritableError(type, 'no letter tells of it')
    const read = catalogue[type].data.safeParse(data)
    if (!read.success) throw new LetterUnwritableError(type, read.error.message)
    const show = showIn({ ...shown, locale })
    const wording = template.wording[locale](read.data as never, show)
    const stated = template.facts(read.data as never, show)
    const layout = { locale, tone: template.tone, wording, ...stated, name, brand }
    return {
      subject: oneLine(wording.subject).slice(0, SUBJECT_LENGTH_MAX),
      html: layoutHtml(layout),
      text: layoutText(layout),
    }
  }

/** No letter can be made of this event, however often it is tried. */
export class LetterUnwritableError extends AppError {
  readonly code = 'LETTER_UNWRITABLE'

  constructor(type: string, problem: string) {
    super(`No letter can be written about a ${type}: ${problem}.`, {
      retry: 'never',
      details: { type },
    })
  }
}
