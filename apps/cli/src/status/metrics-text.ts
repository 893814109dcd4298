/** One sample of a metric: its labels and its value. */
export type Sample = { metric: string; labels: Readonly<Record<string, string>>; value: number }

const LINE = /^(coffer_[a-z0-9_]+)(?:\{(.*)\})? (\S+)$/
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g

/** Our own samples in what a process tells Prometheus. */
export function samplesIn(text: string): Sample[] {
  return text.split('\n').flatMap((line) => {
    const [, metric, labels = '', value] = LINE.exec(line) ?? []
    if (metric === undefined || value === undefined) return []
    return [{ metric, labels: labelsIn(labels), value: Number(value) }]
  })
}

/** Labels as they stand between the braces of a sample. */
const labelsIn = (text: string): Record<string, string> =>
  Object.fromEntries([...text.matchAll(LABEL)].map(([, name = '', value = '']) => [name, value]))
