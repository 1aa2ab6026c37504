// What `scripts/bench queue` runs: no-op jobs through a queue, enqueued, leased and completed by this one process.

import Assembly

BenchCommand.main(arguments: CommandLine.arguments)
