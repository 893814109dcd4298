/** What a spreadsheet takes for the beginning of a formula, in full width too. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/

const NUMBER = /^-?[0-9]+(\.[0-9]+)?$/

/**
 * `text` as a cell that no spreadsheet computes: what would begin a formula is quoted. A number is
 * none, whatever its sign.
 * https://owasp.org/www-community/attacks/CSV_Injection
 */
export const safeCell = (text: string): string =>
  FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text
