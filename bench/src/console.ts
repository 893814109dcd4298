import { startCoffer } from '@coffer/cli/start-coffer'
import { type Loaded, loaded, openBrowser } from '@coffer/testkit/browser'
import { ascending, percentile } from './percentile.ts'
import { tell } from './tell.ts'

/**
 * How soon the console's start page paints for who comes for the first time, and how many bytes of
 * script it loads as they are sent; by a browser's own timings, with all else on the same machine.
 */
export async function consolePages({ count = 20 }: { count?: number }) {
  await using coffer = await startCoffer({
    env: { LOG_LEVEL: 'warn' },
    ...{ apps: ['api'], console: true, onProgress: tell },
  })
  await using browser = await openBrowser()
  const visits: Loaded[] = []
  // The first visit starts what the browser needs for any page.
  while (visits.length < count + 1) {
    await using visit = await browser.open()
    await visit.page.goto(`${coffer.apiUrl}/console/`)
    await visit.page.getByLabel('API key').waitFor()
    visits.push(await loaded(visit.page))
  }
  const paints = ascending(visits.slice(1).map(({ paintMs }) => paintMs))
  return {
    parameters: { count },
    paintP50Ms: percentile(paints, 0.5),
    paintP95Ms: percentile(paints, 0.95),
    scriptBytes: Math.max(...visits.map(({ scriptBytes }) => scriptBytes)),
  }
}
