// How a process of the service begins and ends: settings, one line when something is wrong, the exit status.

import FastCGI
import Settings
import Storage

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Why a process could not start.
struct StartError: Error {
  /// 2 usage, 70 internal, 78 configuration.
  var status: Int32
  var line: String

  init(status: Int32, _ line: String) {
    self.status = status
    self.line = line
  }
}

enum Process {
  /// Loads the settings, runs `body`, exits: 0, or with a line on standard error and the status that fits.
  static func run(label: String, _ body: (Settings) throws -> Void) -> Never {
    ProcessMemory.economize()
    do {
      try body(Settings.load(environment: Environment.current))
      exit(0)
    } catch let error as SettingsError {
      fail(label, error.description, status: 78)
    } catch let error as StartError {
      fail(label, error.line, status: error.status)
    } catch let error as StoreError {
      fail(label, error.description, status: 78)
    } catch {
      fail(label, "\(error)", status: 70)
    }
  }

  private static func fail(_ label: String, _ text: String, status: Int32) -> Never {
    for line in text.split(separator: "\n") {
      _ = Array("doc-healing-\(label): \(line)\n".utf8).withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
    exit(status)
  }
}
