import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import chromiumFromNpm from '@sparticuz/chromium'
import axe from 'axe-core'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

/** A page, and everything that its scripts complained of. */
export type WatchedPage = AsyncDisposable & { page: Page; complaints: string[] }

export type TestBrowser = AsyncDisposable & {
  open(options?: BrowserContextOptions): Promise<WatchedPage>
}

/** What is kept of a run, for people to look at. */
const SHOTS = '.coffer/screenshots'

/** A real browser, one for all pages of a test file. */
export async function openBrowser(): Promise<TestBrowser> {
  const browser: Browser = await chromium.launch({
    executablePath: await chromiumFromNpm.executablePath(),
    // What the package proposes beside turns off what keeps pages apart, which is to be tested.
    args: ['--no-sandbox'],
    headless: true,
  })
  await mkdir(SHOTS, { recursive: true })
  return {
    async open(options = {}) {
      const context = await browser.newContext({
        viewport: { width: 1_280, height: 800 },
        colorScheme: 'light',
        locale: 'en-GB',
        reducedMotion: 'reduce',
        ...options,
      })
      const page = await context.newPage()
      const complaints: string[] = []
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text())
      })
      page.on('pageerror', (error) => complaints.push(error.message))
      return { page, complaints, [Symbol.asyncDispose]: () => context.close() }
    },
    [Symbol.asyncDispose]: () => browser.close(),
  }
}

export const keepShot = (page: Page, name: string) =>
  page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true })

/** How far a page is wider than the window; 0 is as it should be. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')

/** What the browser itself measured of a page. */
export type Loaded = { paintMs: number; scriptBytes: number }

export async function loaded(page: Page): Promise<Loaded> {
  const painted = () => performance.getEntriesByName('first-contentful-paint').length > 0
  await page.waitForFunction(painted)
  return await page.evaluate(() => {
    const [paint] = performance.getEntriesByName('first-contentful-paint')
    const scripts = performance
      .getEntriesByType('resource')
      .filter(({ name }) => name.endsWith('.js')) as PerformanceResourceTiming[]
    const bytes = scripts.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)
    return { paintMs: paint?.startTime ?? Number.NaN, scriptBytes: bytes }
  })
}

type AxeResult = {
  violations: { id: string; impact: string | null; nodes: { html: string }[] }[]
}

/** What axe finds that keeps people out: each rule that is broken, and where first. */
export async function barriers(page: Page): Promise<string[]> {
  // As what a developer's tools do, which the page's policy does not forbid.
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<AxeResult> } }).axe.run(),
  )
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`)
}
