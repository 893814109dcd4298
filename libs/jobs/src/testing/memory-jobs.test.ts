import { jobsContract } from './jobs-contract.ts'
import { memoryJobs } from './memory-jobs.ts'

jobsContract(memoryJobs)
