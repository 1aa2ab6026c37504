// How the C allocator is told to stay small.

import CFastCGI

public enum ProcessMemory {
  /// Bounds what glibc's allocator keeps for later. By default each thread may get an arena of its own that never shrinks,
  /// and each large block that is freed raises the size from which blocks are given back at once; with a pool of threads and
  /// bodies of some 10 KB that alone would exceed the service's memory budget. Call it first in `main`.
  public static func economize() {
    mallopt(M_ARENA_MAX, 2)
    mallopt(M_MMAP_THRESHOLD, 128 << 10)
    mallopt(M_TRIM_THRESHOLD, 256 << 10)
    mallopt(M_TOP_PAD, 64 << 10)
  }

  /// Gives free pages back to the system: after a burst, not after each request.
  public static func trim() { malloc_trim(0) }
}
