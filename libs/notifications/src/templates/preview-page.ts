import type { EventType } from '@coffer/events/catalogue'
import type { Locale } from '../domain/locale.ts'
import { LOCALES } from '../domain/locale.ts'
import { escapeHtml } from './letter.ts'
import { SAMPLE_ASSETS } from './samples.ts'
import { LETTER_TYPES, templateOf } from './templates.ts'
import { type Stationery, writeLetter } from './write-letter.ts'

const STYLE = `
:root{color-scheme:light dark;--page:#eceef2;--ink:#101828;--dim:#667085;--card:#fff;--line:#dfe3ea;
--accent:#3451b2}
@media (prefers-color-scheme:dark){:root{--page:#0b0d11;--ink:#f2f4f7;--dim:#9aa3b2;--card:#15181e;
--line:#2a2f38;--accent:#a3b8ff}}
*{box-sizing:border-box}
html{scroll-behavior:smooth;scroll-padding-top:24px}
body{margin:0;background:var(--page);color:var(--ink);font:400 15px/1.55 -apple-system,
BlinkMacSystemFont,'Segoe UI',Roboto,'PingFang SC','Microsoft YaHei','Noto Sans SC',sans-serif}
main{display:grid;grid-template-columns:230px minmax(0,1fr);gap:48px;max-width:1560px;margin:0 auto;
padding:44px 40px 96px}
nav{position:sticky;top:44px;align-self:start}
nav h1{margin:0 0 4px;font-size:21px;letter-spacing:-.015em}
nav p{margin:0 0 22px;color:var(--dim);font-size:13.5px}
nav a{display:block;padding:5px 0;color:var(--dim);text-decoration:none;font-size:14px}
nav a:hover{color:var(--accent)}
section{margin:0 0 60px}
h2{margin:0 0 16px;font-size:17px;letter-spacing:-.01em}
h2 code{margin-left:10px;color:var(--dim);font:400 12.5px/1 ui-monospace,Menlo,Consolas,monospace}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(420px,1fr));gap:24px}
article{overflow:hidden;background:var(--card);border:1px solid var(--line);border-radius:16px}
header{padding:14px 20px;border-bottom:1px solid var(--line)}
header b{display:block;font-weight:600;overflow-wrap:anywhere}
header span{color:var(--dim);font-size:12.5px}
iframe{display:block;width:100%;height:790px;border:0}
details{border-top:1px solid var(--line)}
summary{padding:12px 20px;cursor:pointer;color:var(--dim);font-size:13.5px}
pre{margin:0;padding:4px 20px 20px;white-space:pre-wrap;overflow-wrap:anywhere;
font:400 12.5px/1.65 ui-monospace,Menlo,Consolas,monospace}
@media (max-width:900px){main{display:block;padding:24px 16px}
nav{position:static;margin-bottom:32px}
.pair{grid-template-columns:1fr}}`

const LANGUAGES: Readonly<Record<Locale, string>> = { en: 'English', zh: '中文' }

/** A page of every letter in every language, as HTML and as text, about events that are made up. */
export function previewPage(stationery: Stationery): string {
  const assets = [...stationery.assets, ...SAMPLE_ASSETS]
  const write = writeLetter({ ...stationery, assets })
  const links = LETTER_TYPES.map((type) => `<a href="#${type}">${titleOf(type)}</a>`)
  const sections = LETTER_TYPES.map((type) => {
    const letters = LOCALES.map((locale) => letterCard({ type, locale, write }))
    return `<section id="${type}"><h2>${titleOf(type)}<code>${type}</code></h2>
<div class="pair">${letters.join('\n')}</div></section>`
  })
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(stationery.brand)} letters</title><style>${STYLE}</style></head>
<body><main><nav><h1>Letters</h1><p>${LETTER_TYPES.length} letters in ${LOCALES.length} languages, \
about events that are made up.</p>${links.join('\n')}</nav>
<div>${sections.join('\n')}</div></main></body></html>
`
}

const titleOf = (type: EventType): string => {
  const words = type.replace('withdrawal.requested', 'approval wanted').replace(/[.-]/g, ' ')
  return escapeHtml(words.charAt(0).toUpperCase() + words.slice(1))
}

type CardOptions = {
  type: EventType
  locale: Locale
  write: ReturnType<typeof writeLetter>
}

function letterCard({ type, locale, write }: CardOptions): string {
  const name = locale === 'zh' ? '蓝鲸书店' : 'Blue Whale Books'
  const letter = write({ type, locale, name, data: templateOf(type)?.sample })
  const lang = locale === 'zh' ? 'zh-Hans' : 'en'
  return `<article lang="${lang}"><header><b>${escapeHtml(letter.subject)}</b>\
<span>${LANGUAGES[locale]}</span></header>
<iframe title="${escapeHtml(letter.subject)}" sandbox srcdoc="${attribute(letter.html)}"></iframe>
<details><summary>${locale === 'zh' ? '纯文本' : 'Plain text'}</summary>\
<pre>${textOf(letter.text)}</pre></details></article>`
}

const attribute = (html: string) => html.replaceAll('&', '&amp;').replaceAll('"', '&quot;')

const textOf = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
