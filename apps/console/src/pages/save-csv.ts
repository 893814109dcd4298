import { saveBlob } from './save-blob.ts'

/** Has the browser save rows as a table: its columns are the fields of the first row. */
export function saveCsv(name: string, rows: readonly object[]): void {
  const columns = Object.keys(rows[0] ?? {})
  const lines = rows.map((row) =>
    columns.map((column) => cell((row as Record<string, unknown>)[column])).join(','),
  )
  const blob = new Blob([`${[columns.join(','), ...lines].join('\r\n')}\r\n`], { type: 'text/csv' })
  saveBlob(name, blob)
}

/** Quoted where RFC 4180 wants it; a spreadsheet must not take a text for a formula. */
export function cell(value: unknown): string {
  const text = value === null || value === undefined ? '' : String(value)
  const safe = /^[=+@\t\r]|^-(?!\d+(\.\d+)?$)/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
