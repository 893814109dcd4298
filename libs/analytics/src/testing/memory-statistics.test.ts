import { memoryStatistics } from './memory-statistics.ts'
import { statisticsContract } from './statistics-contract.ts'

statisticsContract(async () => memoryStatistics())
