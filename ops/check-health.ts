/** Run as `node check-health.ts <url>`: ends with status 0 when it answers 2xx. */
const url = process.argv[2]
if (url === undefined) throw new Error('Expected a URL as the first argument.')

const answer = await fetch(url, { signal: AbortSignal.timeout(2_500) }).catch(() => undefined)
process.exitCode = answer?.ok === true ? 0 : 1
