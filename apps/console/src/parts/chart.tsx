import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { useTexts } from '../i18n/texts.ts'
import { onColours } from '../theme.ts'

type Props = {
  label: string
  /** Seconds since 1970, rising. */
  times: readonly number[]
  values: readonly (number | null)[]
  kind: 'steps' | 'bars'
  height?: number
}

/** Values over time. It shows a shape; who needs the figures finds them in a table beside it. */
export function Chart({ label, times, values, kind, height = 220 }: Props) {
  const { language } = useTexts()
  const box = useRef<HTMLDivElement>(null)
  // What is read again is mostly the same, and need not be drawn again.
  const drawn = JSON.stringify([times, values])
  useEffect(() => {
    const [shownTimes, shownValues] = JSON.parse(drawn) as [number[], (number | null)[]]
    const element = box.current
    if (element === null) return
    let plot: uPlot | undefined
    const draw = () => {
      plot?.destroy()
      const size = { width: element.clientWidth, height }
      const options = optionsOf(getComputedStyle(document.documentElement), kind, language)
      plot = new uPlot({ ...options, ...size }, [shownTimes, shownValues], element)
    }
    draw()
    const resized = new ResizeObserver(() => plot?.setSize({ width: element.clientWidth, height }))
    resized.observe(element)
    const stop = onColours(draw)
    return () => {
      resized.disconnect()
      stop()
      plot?.destroy()
    }
  }, [drawn, kind, height, language])
  return <div className="chart" role="img" aria-label={label} ref={box} />
}

function optionsOf(style: CSSStyleDeclaration, kind: Props['kind'], language: string) {
  // A canvas knows no custom properties, so each colour is read as it is now.
  const colour = (name: string) => resolved(style.getPropertyValue(name))
  const [ink, line, accent] = [colour('--ink-soft'), colour('--line'), colour('--accent')]
  const font = `12px ${style.getPropertyValue('--font')}`
  const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { show: false }, font }
  const paths = kind === 'bars' ? uPlot.paths.bars : uPlot.paths.stepped
  const made = kind === 'bars' ? paths?.({ size: [0.7, 40] }) : paths?.({ align: 1 })
  return {
    legend: { show: false },
    cursor: { show: false },
    axes: [
      { ...axis, size: 34, gap: 6, values: timesIn(language) },
      { ...axis, size: 64, values: figuresIn(language) },
    ],
    series: [
      {},
      {
        stroke: accent,
        width: 1.5,
        points: { show: false },
        ...(kind === 'bars' ? { fill: accent } : {}),
        ...(made ? { paths: made } : {}),
      },
    ],
  }
}

const localeOf = (language: string) => (language === 'zh' ? 'zh-CN' : 'en-GB')

/** Large figures in short, as an axis has little room. */
function figuresIn(language: string) {
  const options = { notation: 'compact', maximumSignificantDigits: 4 } as const
  const format = new Intl.NumberFormat(localeOf(language), options)
  return (_: uPlot, splits: readonly number[]) => splits.map((each) => format.format(each))
}

const DAY_SECONDS = 86_400
const MINUTE_SECONDS = 60

/** As exact as what is shown is long. */
function timesIn(language: string) {
  const formatOf = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(localeOf(language), options)
  const day = formatOf({ day: 'numeric', month: 'short' })
  const minute = formatOf({ hour: '2-digit', minute: '2-digit' })
  const second = formatOf({ minute: '2-digit', second: '2-digit', fractionalSecondDigits: 1 })
  return (_: uPlot, splits: readonly number[]) => {
    const span = (splits.at(-1) ?? 0) - (splits[0] ?? 0)
    const isDay = (each: number) => new Date(each * 1_000).getHours() === 0
    return splits.map((each) => {
      if (span <= MINUTE_SECONDS * 2) return second.format(each * 1_000)
      return (
        span > 2 * DAY_SECONDS || (span > DAY_SECONDS / 2 && isDay(each)) ? day : minute
      ).format(each * 1_000)
    })
  }
}

/** What `light-dark()` and the like come to in the end. */
function resolved(colour: string): string {
  const probe = document.createElement('span')
  probe.style.color = colour
  document.body.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}
