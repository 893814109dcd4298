import type { EventData, EventType, EventWire } from '@coffer/events/catalogue'
import type { Locale } from '../domain/locale.ts'
import type { Label } from './labels.ts'
import type { Show } from './show.ts'

/** An amount as people read it: every digit, and what of. */
export type ShownAmount = { digits: string; unit: string }

/** One line of what a letter states. */
export type Fact = {
  label: Label
  value: string
  /** Where more is to be seen of it. */
  href?: string | undefined
  /** Whether it is copied rather than read, as an address is. */
  isCode?: boolean
}

/** What a letter says in words. All of it is plain text: whoever lays it out escapes it. */
export type Wording = {
  subject: string
  title: string
  lead: string
  /** What the reader should know or do besides. */
  note?: string
}

/** How good the news is. */
export type Tone = 'good' | 'plain' | 'warning' | 'bad'

/** The letter that tells of one type of event, in every language. */
export type Template<T extends EventType = EventType> = {
  type: T
  tone: Tone
  /** An event to show the letter with. */
  sample: EventWire<T>
  /** What the letter is about in figures, the same in every language. */
  facts: (event: EventData<T>, show: Show) => { amount?: ShownAmount; facts: readonly Fact[] }
  wording: { [L in Locale]: (event: EventData<T>, show: Show) => Wording }
}
