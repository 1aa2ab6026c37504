// One list, several threads. The calling thread works too, so with one thread, or when no other can be started, nothing is lost
// but time.

import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Applies `transform` to each item, on up to `threads` threads at once; results in the order of the items.
/// - Parameters:
///   - threads: the calling thread included; 1 starts none.
///   - name: what the started threads are called.
public func parallelMap<Item: Sendable, Result: Sendable>(
  _ items: [Item], threads: Int, name: String, _ transform: @Sendable (Item) -> Result
) -> [Result] {
  guard threads > 1, items.count > 1 else { return items.map(transform) }
  return withoutActuallyEscaping(transform) { transform in
    let work = SharedWork(items, transform)
    // Deep documents recurse: as much address space as a main thread has.
    let helpers = (1..<min(threads, items.count)).compactMap { number in
      try? OwnedThread(name: "\(name)-\(number)", stackSize: 8 << 20) { work.run() }
    }
    work.run()
    for helper in helpers { helper.join() }
    return work.results()
  }
}

/// The items and what came of them so far.
private final class SharedWork<Item: Sendable, Result: Sendable>: Sendable {
  private let items: [Item]
  private let transform: @Sendable (Item) -> Result
  private let next = Atomic(0)
  private let done: Mutex<[Result?]>

  init(_ items: [Item], _ transform: @escaping @Sendable (Item) -> Result) {
    self.items = items
    self.transform = transform
    done = Mutex(Array(repeating: nil, count: items.count))
  }

  func run() {
    while case let index = next.wrappingAdd(1, ordering: .relaxed).oldValue, index < items.count {
      let result = transform(items[index])
      done.withLock { $0[index] = result }
    }
  }

  /// Every item is done when each thread that took one has ended.
  func results() -> [Result] { done.withLock { $0.compactMap { $0 } } }
}

/// Processors of this machine that this process may use; at least 1.
public var processorCount: Int {
  max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
}
