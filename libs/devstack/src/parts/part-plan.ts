import type { StackFolder } from '../processes/stack-folder.ts'
import type { Amount } from '../programs/maven.ts'
import type { RunProgram } from '../programs/run-program.ts'

export type Part = 'postgres' | 'kafka' | 'redis' | 'anvil'

export type PartState = 'downloading' | 'starting' | 'ready' | 'given'

/** What a plan is made from. */
export type PlanSurroundings = {
  folder: StackFolder
  /** Holds what is downloaded once. */
  cache: string
  run: RunProgram
  /** Whether what is committed outlives the machine, and not only the server. */
  isDurable: boolean
  onDownload: (detail: string, amount?: Amount) => void
}

/** How to run a part's program. */
export type Launch = {
  command: string
  args: readonly string[]
  /** Working folder, default the stack's. */
  cwd?: string
  /** The account to run under, where ours won't do. */
  account?: { uid: number; gid: number }
  /** Set when `command` is only the Docker client of this container. */
  container?: string
}

/** How one part is run and proven: what differs between the technologies. */
export type PartPlan = {
  part: Part
  /** Names its log and its process, where a part has several; default the part's own name. */
  name?: string
  /** Downloads what is missing. */
  fetch(): Promise<void>
  /**
   * Writes what the program reads and says how to run it on `port`. Called again with
   * another port when that one was taken.
   */
  configure(port: number): Promise<Launch>
  /** How to run it again on its data, where that differs from the first time. */
  relaunch?(launch: Launch): Launch
  url(port: number): string
  /** Makes a real request, and checks that it is this stack's process that answers. */
  prove(started: { port: number; pid: number; log: () => string }): Promise<void>
  /** Asks the program to end in order. */
  gentleSignal: NodeJS.Signals
  /** Ends it at once, its children included. */
  lastSignal: 'SIGKILL' | 'SIGQUIT'
}
