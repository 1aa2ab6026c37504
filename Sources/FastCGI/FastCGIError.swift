import Threading

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// The accept loop could not be set up.
public enum FastCGIError: Error, CustomStringConvertible {
  case notListening(descriptor: Int32)
  case noThreads
  /// A call to the operating system or to libfcgi failed; `code` is its `errno`.
  case setup(call: String, code: Int32)
  case thread(OwnedThread.CannotStart)

  public var description: String {
    switch self {
    case .notListening(let descriptor):
      "cannot serve: file descriptor \(descriptor) is not a listening socket; start the responder with spawn-fcgi"
    case .noThreads: "cannot serve: the number of responder threads must be at least 1"
    case .setup(let call, let code): "cannot serve: \(call): \(String(cString: strerror(code)))"
    case .thread(let error): "cannot serve: \(error)"
    }
  }
}
