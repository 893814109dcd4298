/** One message of an event stream; `name` is `message` where it has none. */
export type StreamEvent = { id: string | undefined; name: string; text: string }

/** The whole messages in `text`, and what has come of the next one. Comments are left out. */
export function eventParts(text: string): { events: StreamEvent[]; rest: string } {
  const parts = text.replaceAll('\r\n', '\n').split('\n\n')
  const rest = parts.pop() ?? ''
  return { events: parts.flatMap((part) => eventIn(part) ?? []), rest }
}

function eventIn(part: string): StreamEvent | undefined {
  const lines: string[] = []
  let id: string | undefined
  let name = 'message'
  for (const line of part.split('\n')) {
    const [, field, value = ''] = /^(\w+):? ?(.*)$/.exec(line) ?? []
    if (field === 'data') lines.push(value)
    if (field === 'id') id = value
    if (field === 'event') name = value
  }
  return lines.length === 0 ? undefined : { id, name, text: lines.join('\n') }
}
