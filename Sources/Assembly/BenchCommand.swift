// `doc-healing-bench`: measures parts of the engine in one process and prints JSON. Not installed; scripts/bench calls it.
//
//   queue memory|REDIS_URL [JOBS]     no-op jobs a second
//   documents FILE…                   bytes a second from texts to snippets and references, by format
//   pathological                      hostile documents of one and of two sizes: seconds of each

import Documents
import Domain
import Queue
import QueueRedis
import Threading

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Measures parts of the engine.
public enum BenchCommand {
  public static func main(arguments: [String]) -> Never {
    do {
      switch (arguments.dropFirst().first, arguments.dropFirst(2)) {
      case ("queue", let rest): try queue(Array(rest))
      case ("documents", let files) where !files.isEmpty: try documents(Array(files))
      case ("pathological", let rest) where rest.isEmpty: pathological()
      default: throw usage
      }
      exit(0)
    } catch {
      print("\(error)")
      exit(70)
    }
  }

  private static let usage = StartError(
    status: 2, "usage: doc-healing-bench queue memory|REDIS_URL [JOBS] | documents FILE… | pathological")

  private static func queue(_ arguments: [String]) throws {
    guard let address = arguments.first, let jobs = Int(arguments.count > 1 ? arguments[1] : "20000"), jobs > 0 else { throw usage }
    let limits = QueueLimits(maximumDepth: jobs * 2)
    let queue: any JobQueue =
      address == "memory"
      ? MemoryQueue(limits: limits) : RedisQueue(endpoint: try RedisEndpoint(url: address), prefix: "bench:", limits: limits)
    let result = try measureThroughput(of: queue, jobs: jobs)
    print(#"{"jobs":\#(jobs),"jobs_per_second":\#(Int(result.jobsPerSecond)),"enqueued_per_second":\#(Int(result.enqueuedPerSecond))}"#)
  }

  // MARK: Documents

  private static func documents(_ paths: [String]) throws {
    var byFormat: [String: (bytes: Int, seconds: Double, found: Int)] = [:]
    for path in paths {
      guard let bytes = contents(of: path), let format = DocumentSelection.format(ofPath: path) else { continue }
      let began = monotonicNow()
      guard let document = try? Document.read(path: path, bytes: bytes, format: format) else { continue }
      let seconds = seconds(since: began)
      let sum = byFormat[format.rawValue] ?? (0, 0, 0)
      byFormat[format.rawValue] = (
        sum.bytes + bytes.count, sum.seconds + seconds, sum.found + document.snippets.count + document.references.count
      )
    }
    let rows = byFormat.sorted { $0.key < $1.key }.map { name, sum in
      #""\#(name)":{"bytes":\#(sum.bytes),"mb_per_second":\#(Int(Double(sum.bytes) / 1e6 / max(sum.seconds, 1e-9))),"found":\#(sum.found)}"#
    }
    print("{\(rows.joined(separator: ","))}")
  }

  private static func contents(of path: String) -> [UInt8]? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
    return bytes
  }

  private static func seconds(since began: Duration) -> Double {
    let (seconds, attoseconds) = (monotonicNow() - began).components
    return Double(seconds) + Double(attoseconds) / 1e18
  }

  // MARK: Hostile documents

  private static func pathological() {
    let texts: [(String, String, (Int) -> String)] = [
      ("open brackets", "md", { String(repeating: "[", count: 100_000 * $0) }),
      ("nested quotes", "md", { String(repeating: ">", count: 50_000 * $0) + " x\n" }),
      ("one line", "md", { String(repeating: "word `code` [a](b) ", count: 275_000 * $0) }),
      ("fences", "md", { String(repeating: "```\n", count: 30_000 * $0) }),
      ("backticks", "md", { (1...(400 * $0)).map { String(repeating: "`", count: $0) }.joined(separator: " ") }),
      ("nested lists", "md", { (0..<(2_000 * $0)).map { String(repeating: " ", count: $0 % 1000) + "- x\n" }.joined() }),
      ("directives", "rst", { String(repeating: ".. code::\n\n   x\n\n", count: 30_000 * $0) }),
      ("interpreted text", "rst", { String(repeating: ":a:`", count: 50_000 * $0) }),
      ("cross references", "adoc", { String(repeating: "<<", count: 100_000 * $0) }),
      ("open elements", "mdx", { String(repeating: "<A {", count: 50_000 * $0) }),
    ]
    let rows = texts.map { name, suffix, text in
      let times = [1, 2].map { size in time(text(size), "page.\(suffix)") }
      return #"{"name":"\#(name)","seconds":\#(times[0]),"seconds_doubled":\#(times[1])}"#
    }
    var usage = rusage()
    getrusage(ownProcess, &usage)
    print(#"{"peak_mb":\#(usage.ru_maxrss / 1024),"documents":[\#(rows.joined(separator: ","))]}"#)
  }

  /// RUSAGE_SELF, which one C library declares as a number and another as an enumeration.
  private static let ownProcess: Int32 = 0

  private static func time(_ text: String, _ path: String) -> Double {
    let bytes = Array(text.utf8)
    let began = monotonicNow()
    _ = Document.load(path: path, bytes: bytes)
    return seconds(since: began)
  }
}
