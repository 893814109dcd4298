/** When a day such as 2026-11-30 begins for the reader, or one so many days later. */
export function dayStart(day: string, later = 0): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  return new Date(year, month - 1, date + later).toISOString()
}
