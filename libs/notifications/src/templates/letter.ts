/** An e-mail as it is sent. */
export type Letter = { subject: string; html: string; text: string }

/** What no line of text may hold: control characters, and those that turn the reading around. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about.
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/gu

/** `text` as one line, so that it can end no header and hide no other text. */
export const oneLine = (text: string): string => text.replace(UNSEEN, ' ').trim()

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** `text` as text of HTML, or as the value of an attribute. */
export const escapeHtml = (text: string): string =>
  oneLine(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
