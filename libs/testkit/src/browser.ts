import chromiumFromNpm from '@sparticuz/chromium'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

/** A page, and everything that its scripts complained of. */
export type WatchedPage = AsyncDisposable & { page: Page; complaints: string[] }

export type TestBrowser = AsyncDisposable & {
  open(options?: BrowserContextOptions): Promise<WatchedPage>
}

/** A real browser, one for all pages that are opened. */
export async function openBrowser(): Promise<TestBrowser> {
  const browser: Browser = await chromium.launch({
    executablePath: await chromiumFromNpm.executablePath(),
    // What the package proposes beside turns off what keeps pages apart, which is to be tested.
    args: ['--no-sandbox'],
    headless: true,
  })
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
