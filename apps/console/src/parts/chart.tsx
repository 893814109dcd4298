import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
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
      const options = optionsOf(getComputedStyle(document.documentElement), kind)
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
  }, [drawn, kind, height])
  return <div className="chart" role="img" aria-label={label} ref={box} />
}

function optionsOf(style: CSSStyleDeclaration, kind: Props['kind']) {
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
      { ...axis, size: 46, gap: 6 },
      { ...axis, size: 64 },
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

/** What `light-dark()` and the like come to in the end. */
function resolved(colour: string): string {
  const probe = document.createElement('span')
  probe.style.color = colour
  document.body.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}
