// The command line: docs/command-line.md.

import Assembly

Tool.main()
