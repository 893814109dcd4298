import type { Locale } from '../domain/locale.ts'
import { labels } from './labels.ts'
import { escapeHtml, oneLine } from './letter.ts'
import type { Fact, ShownAmount, Tone, Wording } from './template.ts'

export type Layout = {
  locale: Locale
  tone: Tone
  wording: Wording
  amount?: ShownAmount | undefined
  facts: readonly Fact[]
  /** Whom it is written to. */
  name?: string | undefined
  /** Who writes. */
  brand: string
}

const SANS =
  "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,'PingFang SC','Microsoft YaHei'," +
  "'Noto Sans SC','Helvetica Neue',Arial,sans-serif"
const MONO = "ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono',monospace"

const TONES: Readonly<Record<Tone, { color: string; soft: string; sign: string }>> = {
  good: { color: '#0b7a53', soft: '#e3f5ed', sign: '&#10003;' },
  plain: { color: '#3451b2', soft: '#e8edfc', sign: '&#8226;' },
  warning: { color: '#935b06', soft: '#fdf1d8', sign: '!' },
  bad: { color: '#b42318', soft: '#fde8e6', sign: '&#215;' },
}

/** What mail programs that know dark mode put in place of the colours that stand inline. */
const DARK = [
  '.page{background:#0f1115!important}',
  '.card{background:#191c22!important;border-color:#2a2f38!important}',
  '.ink,.ink a{color:#f2f4f7!important}',
  '.dim,.dim a{color:#9aa3b2!important}',
  '.line{border-color:#2a2f38!important}',
  '.note{background:#22262e!important}',
  '.good{background:#12372a!important;color:#5fd3a5!important}',
  '.plain{background:#1e2a52!important;color:#a3b8ff!important}',
  '.warning{background:#3a2c0d!important;color:#f2c265!important}',
  '.bad{background:#43201d!important;color:#ff9c92!important}',
].join('')

const STYLE =
  ':root{color-scheme:light dark;supported-color-schemes:light dark}' +
  `@media (prefers-color-scheme:dark){${DARK}}` +
  '@media (max-width:480px){.inside{padding:28px 22px!important}.amount{font-size:30px!important}' +
  '.label,.value{display:block!important;width:auto!important;padding-right:0!important}' +
  '.label{padding-bottom:0!important}.value{border-top:0!important;padding-top:2px!important}}'

/**
 * The letter as HTML that mail programs agree on: tables, and styles at the element itself. It
 * loads nothing, so that nobody learns when it is read.
 */
export function layoutHtml(layout: Layout): string {
  const { locale, wording, brand } = layout
  const lang = locale === 'zh' ? 'zh-Hans' : 'en'
  return `<!doctype html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no,date=no,address=no,email=no">
<title>${escapeHtml(wording.subject)}</title>
<style>${STYLE}</style>
</head>
<body class="page" style="margin:0;padding:0;background:#f3f4f6">
<div style="display:none;max-height:0;overflow:hidden">${escapeHtml(wording.lead)}</div>
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" border="0" \
style="background:#f3f4f6"><tr><td align="center" style="padding:36px 12px 44px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" \
style="max-width:560px">
<tr><td class="ink" style="padding:0 6px 18px;font:600 17px/1 ${SANS};letter-spacing:.01em;\
color:#101828">${escapeHtml(brand)}</td></tr>
<tr><td class="card" style="background:#ffffff;border:1px solid #e4e7ec;border-radius:14px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">
<tr><td class="inside" style="padding:36px 40px 34px">
${cardHtml(layout)}
</td></tr></table>
</td></tr>
<tr><td class="dim" style="padding:20px 6px 0;font:400 12px/1.6 ${SANS};color:#667085">\
${escapeHtml(FOOTER[locale](brand))}</td></tr>
</table>
</td></tr></table>
</body>
</html>
`
}

const FOOTER: Readonly<Record<Locale, (brand: string) => string>> = {
  en: (brand) => `${brand} sends this message about your account. Which ones you get is up to you.`,
  zh: (brand) => `这是 ${brand} 就您的账户发出的通知。您可以自行设置接收哪些通知。`,
}

const GREETING: Readonly<Record<Locale, (name: string) => string>> = {
  en: (name) => `Hello ${name},`,
  zh: (name) => `${name}，您好：`,
}

function cardHtml({ locale, tone, wording, amount, facts, name }: Layout): string {
  const { color, soft, sign } = TONES[tone]
  const greeting = name === undefined ? '' : `${escapeHtml(GREETING[locale](name))}<br>`
  return [
    `<table role="presentation" cellpadding="0" cellspacing="0" border="0"><tr><td class="${tone}" \
align="center" width="40" height="40" style="width:40px;height:40px;border-radius:20px;\
background:${soft};color:${color};font:700 19px/40px ${SANS}">${sign}</td></tr></table>`,
    `<h1 class="ink" style="margin:20px 0 8px;font:650 22px/1.3 ${SANS};letter-spacing:-.01em;\
color:#101828">${escapeHtml(wording.title)}</h1>`,
    `<p class="dim" style="margin:0;font:400 15px/1.65 ${SANS};color:#475467">${greeting}\
${escapeHtml(wording.lead)}</p>`,
    amount ? amountHtml(amount) : '',
    `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" \
style="margin-top:26px">`,
    ...facts.map((fact) => factHtml(fact, locale)),
    '</table>',
    wording.note ? noteHtml(wording.note) : '',
  ].join('\n')
}

const amountHtml = ({ digits, unit }: ShownAmount): string =>
  `<p class="amount ink" style="margin:26px 0 0;font:650 36px/1.15 ${SANS};letter-spacing:-.025em;\
color:#101828;word-break:break-word">${escapeHtml(digits)} <span class="dim" style="font-size:.5em;\
font-weight:600;letter-spacing:0;color:#667085">${escapeHtml(unit)}</span></p>`

function factHtml({ label, value, href, isCode }: Fact, locale: Locale): string {
  const cell = 'padding:11px 0;border-top:1px solid #eaecf0;vertical-align:top;'
  const shown = escapeHtml(value)
  const linked = href
    ? `<a href="${escapeHtml(href)}" style="color:#101828;text-decoration:underline">${shown}</a>`
    : shown
  const font = isCode ? `400 13px/1.55 ${MONO}` : `500 14px/1.5 ${SANS}`
  return `<tr><td class="label line dim" width="150" style="${cell}width:150px;padding-right:16px;\
font:400 14px/1.5 ${SANS};color:#667085">${escapeHtml(labels[label][locale])}</td>\
<td class="value line ink" style="${cell}font:${font};color:#101828;word-break:break-all">\
${linked}</td></tr>`
}

const noteHtml = (note: string): string =>
  `<p class="note dim" style="margin:22px 0 0;padding:14px 16px;border-radius:10px;\
background:#f7f8fa;font:400 14px/1.6 ${SANS};color:#475467">${escapeHtml(note)}</p>`

/** The same letter as plain text. */
export function layoutText({ locale, wording, amount, facts, name, brand }: Layout): string {
  const factLines = facts.map(({ label, value, href }) => {
    const separator = locale === 'zh' ? '：' : ': '
    const line = `${labels[label][locale]}${separator}${oneLine(value)}`
    return href ? `${line}\n  ${oneLine(href)}` : line
  })
  const blocks = [
    oneLine(wording.title),
    name === undefined ? '' : GREETING[locale](oneLine(name)),
    oneLine(wording.lead),
    amount ? `${oneLine(amount.digits)} ${oneLine(amount.unit)}` : '',
    factLines.join('\n'),
    wording.note ? oneLine(wording.note) : '',
    `-- \n${oneLine(FOOTER[locale](brand))}`,
  ]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}
