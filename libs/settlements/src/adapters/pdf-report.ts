import PDFDocument from 'pdfkit'
import { type AssetDisplay, shownAmount } from '../domain/asset-display.ts'
import { reportTotals } from '../domain/report-totals.ts'
import type { Settlement } from '../domain/settlement.ts'
import type { SettlementLine } from '../domain/settlement-line.ts'
import type { SettlementReport } from '../ports.ts'

type Page = PDFKit.PDFDocument

const MARGIN = 48
const WIDTH = 595.28 - 2 * MARGIN
const BOTTOM = 841.89 - MARGIN - 24
const ROW = 15
const [INK, QUIET, RULE, SHADE] = ['#1c2430', '#667085', '#d5dae1', '#f3f5f8']
const [PLAIN, BOLD] = ['Helvetica', 'Helvetica-Bold']

/** Most lines of a document that people read; the table has all. */
const LINES_MAX = 2_000

/** What each column of the lines says, and how wide it is. */
const COLUMNS = [
  { title: 'When (UTC)', width: 88 },
  { title: 'What', width: 92 },
  { title: 'Reference', width: 219 },
  { title: 'Amount', width: WIDTH - 88 - 92 - 219 },
] as const

/** A document of A4: what was settled, its totals, and its lines. */
export const pdfReport: SettlementReport = (report) => {
  const { settlement } = report
  const page = new PDFDocument({
    size: 'A4',
    margin: MARGIN,
    bufferPages: true,
    info: {
      Title: `Settlement ${settlement.id}`,
      Producer: 'Coffer',
      Creator: 'Coffer',
      CreationDate: settlement.completedAt,
    },
  })
  write(page, report).then(
    () => page.end(),
    (error: unknown) => page.destroy(error instanceof Error ? error : new Error(String(error))),
  )
  return page
}

async function write(page: Page, { settlement, shown, lines }: Parameters<SettlementReport>[0]) {
  writeHead(page, settlement, shown)
  writeTotals(page, settlement, shown)
  writeColumns(page)
  let count = 0
  for await (const line of lines) {
    if (count === LINES_MAX) break
    writeLine(page, line, { shown, isShaded: count % 2 === 1 })
    count += 1
  }
  const left = settlement.lines - count
  if (left > 0) {
    const note = `${left} more lines are in the CSV report of this settlement.`
    page
      .font(PLAIN)
      .fontSize(8)
      .fillColor(QUIET)
      .text(note, MARGIN, page.y + 8)
  }
  writeFeet(page, settlement)
}

function writeHead(page: Page, settlement: Settlement, shown: AssetDisplay): void {
  page.font(BOLD).fontSize(20).fillColor(INK).text('Settlement', MARGIN, MARGIN)
  page.font(PLAIN).fontSize(9).fillColor(QUIET).text(settlement.id, { lineGap: 10 })
  const facts: (readonly [string, string])[] = [
    ['Merchant', settlement.merchantId],
    ['Asset', `${shown.symbol} (${settlement.asset})`],
    ['Settled at', timeOf(settlement.completedAt)],
    ['Cause', settlement.cause],
    ['Transactions', settlement.lines.toString()],
  ]
  if (settlement.releaseAt) {
    facts.push(['Reserve', `kept back until ${timeOf(settlement.releaseAt)} UTC`])
  }
  for (const [name, value] of facts) {
    const y = page.y
    page.fontSize(9).fillColor(QUIET).text(name, MARGIN, y, { width: 90 })
    page.fillColor(INK).text(value, MARGIN + 90, y, { width: WIDTH - 90, lineGap: 4 })
  }
}

/** The totals, with what can be spent standing out. */
function writeTotals(page: Page, settlement: Settlement, shown: AssetDisplay): void {
  const totals = reportTotals(settlement)
  const top = page.y + 10
  page.roundedRect(MARGIN, top, WIDTH, totals.length * 18 + 16, 4).fill(SHADE)
  totals.forEach(({ name, amount }, place) => {
    const y = top + 12 + place * 18
    const isLast = place === totals.length - 1
    const text = `${grouped(shownAmount(amount, shown))} ${shown.symbol}`
    const size = isLast ? 11 : 10
    page
      .font(isLast ? BOLD : PLAIN)
      .fontSize(size)
      .fillColor(INK)
    page.text(name, MARGIN + 12, y, { width: 120, lineBreak: false })
    fitted(page, text, { x: MARGIN + 140, y, width: WIDTH - 152, size })
  })
  page.y = top + totals.length * 18 + 34
}

function writeColumns(page: Page): void {
  const y = page.y
  let x = MARGIN
  page.font(BOLD).fontSize(8).fillColor(QUIET)
  for (const { title, width } of COLUMNS) {
    const align = title === 'Amount' ? 'right' : 'left'
    page.text(title, x + 4, y, { width: width - 8, align, lineBreak: false })
    x += width
  }
  page
    .moveTo(MARGIN, y + 12)
    .lineTo(MARGIN + WIDTH, y + 12)
    .lineWidth(0.7)
    .stroke(RULE)
  page.y = y + 16
}

type Shown = { shown: AssetDisplay; isShaded: boolean }

function writeLine(page: Page, line: SettlementLine, { shown, isShaded }: Shown): void {
  if (page.y + ROW > BOTTOM) {
    page.addPage()
    writeColumns(page)
  }
  const y = page.y
  if (isShaded) page.rect(MARGIN, y - 4, WIDTH, ROW).fill(SHADE)
  const cells = [timeOf(line.eventAt), line.code, line.reference]
  let x = MARGIN
  page.font(PLAIN).fillColor(INK)
  for (const [place, { width }] of COLUMNS.slice(0, -1).entries()) {
    fitted(page, cells[place] ?? '', { x: x + 4, y, width: width - 8, align: 'left' })
    x += width
  }
  const amount = grouped(shownAmount(line.amount, shown))
  fitted(page, amount, { x: x + 4, y, width: MARGIN + WIDTH - x - 8 })
  page.y = y + ROW
}

type Place = { x: number; y: number; width: number; size?: number; align?: 'left' | 'right' }

/** Writes all of `text` into one line, smaller where it is long: an amount is never cut off. */
function fitted(page: Page, text: string, place: Place): void {
  const { x, y, width, size = 8, align = 'right' } = place
  const wide = page.fontSize(size).widthOfString(text)
  const fitting = size * Math.min(1, width / Math.max(1, wide))
  // A little wider than it is, for its width is rounded.
  const options = { width: width + 1, align, lineBreak: false }
  page.fontSize(fitting).text(text, x, y + (size - fitting) / 2, options)
}

function writeFeet(page: Page, settlement: Settlement): void {
  const { count } = page.bufferedPageRange()
  for (let number = 0; number < count; number += 1) {
    page.switchToPage(number)
    // Below the margin, where text would else begin a page of its own.
    page.page.margins.bottom = 0
    const y = BOTTOM + 16
    page.font(PLAIN).fontSize(8).fillColor(QUIET)
    page.text(`settlement:${settlement.id}`, MARGIN, y, { lineBreak: false })
    const place = { width: WIDTH, align: 'right', lineBreak: false } as const
    page.text(`${number + 1} / ${count}`, MARGIN, y, place)
  }
}

const timeOf = (time: Date): string => time.toISOString().slice(0, 19).replace('T', ' ')

/** `1234567.50` as `1 234 567.50`. */
const grouped = (amount: string): string => amount.replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ' ')
