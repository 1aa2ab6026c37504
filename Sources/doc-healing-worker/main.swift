// A process of workers, for a queue that outlives processes.

import Assembly

WorkerCommand.main(arguments: CommandLine.arguments)
