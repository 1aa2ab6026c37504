// For those who watch over the service: alive, ready, and Prometheus' text format
// (https://prometheus.io/docs/instrumenting/exposition_formats/).

import Domain
import FastCGI
import Pipeline
import Queue
import Storage
import Threading

extension Application {
  /// Alive: this process answers. Asks nothing of others.
  func health() throws -> Response { try .json(["status": "ok"]) }

  /// Ready: what a delivery needs is reachable; else 503 and the name of what is not.
  func ready() throws -> Response {
    var checks: [String: String] = [:]
    do { try store.probe() } catch { checks["database"] = error.description }
    do { _ = try queue.reading(of: .webhooks) } catch { checks["queue"] = error.description }
    for name in checks.keys { logger.warning("not ready", metadata: ["dependency": "\(name)", "why": "\(checks[name] ?? "")"]) }
    if let failed = checks.keys.sorted().first {
      return try .json(Readiness(status: "unavailable", failed: checks.keys.sorted(), detail: "\(failed) cannot be reached"), status: 503)
    }
    return try .json(Readiness(status: "ready", failed: [], detail: nil))
  }

  private struct Readiness: Encodable {
    var status: String
    var failed: [String]
    var detail: String?
  }

  func metrics() throws -> Response {
    var text = MetricsText()
    requestMetrics(&text)
    try queueMetrics(&text)
    try recordMetrics(&text)
    processMetrics(&text)
    return .text(text.text, type: "text/plain; version=0.0.4; charset=utf-8")
  }

  private func requestMetrics(_ text: inout MetricsText) {
    let totals = counters.read()
    text.family("doc_healing_http_requests_total", "counter", "Requests answered by this process.")
    for (key, count) in totals.requests.sorted(by: { ($0.key.route, $0.key.status) < ($1.key.route, $1.key.status) }) {
      text.sample("doc_healing_http_requests_total", ["route": "/" + key.route, "status": String(key.status)], Double(count))
    }
    text.family("doc_healing_http_request_seconds", "histogram", "Time from request to response in this process.")
    for (index, bound) in RequestCounters.bounds.enumerated() {
      text.sample("doc_healing_http_request_seconds_bucket", ["le": "\(bound)"], Double(totals.buckets[index]))
    }
    text.sample("doc_healing_http_request_seconds_bucket", ["le": "+Inf"], Double(totals.buckets[RequestCounters.bounds.count]))
    text.sample("doc_healing_http_request_seconds_sum", [:], totals.seconds)
    text.sample("doc_healing_http_request_seconds_count", [:], Double(totals.buckets[RequestCounters.bounds.count]))
  }

  private func queueMetrics(_ text: inout MetricsText) throws {
    let readings = try QueueName.allCases.map { ($0.rawValue, try queue.reading(of: $0)) }
    let gauges: [(String, String, (QueueReading) -> Double)] = [
      ("depth", "Jobs that wait.", { Double($0.depth) }),
      ("delayed", "Jobs that wait for a time.", { Double($0.delayed) }),
      ("running", "Jobs that are leased.", { Double($0.running) }),
      ("dead", "Jobs given up and kept.", { Double($0.dead) }),
      ("oldest_age_seconds", "How long the job that waits longest has waited.", { Double($0.oldestAge?.inMilliseconds ?? 0) / 1000 }),
      ("stolen", "Leases that ended and went to another worker.", { Double($0.stolen) }),
    ]
    for (name, help, value) in gauges {
      text.family("doc_healing_queue_\(name)", "gauge", help)
      for (queue, reading) in readings { text.sample("doc_healing_queue_\(name)", ["queue": queue], value(reading)) }
    }
  }

  private func recordMetrics(_ text: inout MetricsText) throws {
    text.family("doc_healing_records", "gauge", "Stored records by state.")
    for count in try store.counts() {
      text.sample("doc_healing_records", ["record": count.record, "state": count.state], Double(count.count))
    }
  }

  private func processMetrics(_ text: inout MetricsText) {
    text.family("doc_healing_uptime_seconds", "gauge", "Time since this process started.")
    text.sample("doc_healing_uptime_seconds", [:], Double(clock.now().since(startedAt).inMilliseconds) / 1000)
    guard let memory = MemoryReading.now() else { return }
    text.family("doc_healing_memory_bytes", "gauge", "Memory of this process.")
    text.sample("doc_healing_memory_bytes", ["kind": "resident"], Double(memory.residentBytes))
    text.sample("doc_healing_memory_bytes", ["kind": "proportional"], Double(memory.proportionalBytes))
  }
}

/// Prometheus' text format, built line by line.
struct MetricsText {
  private(set) var text = ""

  mutating func family(_ name: String, _ type: String, _ help: String) { text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n" }

  mutating func sample(_ name: String, _ labels: [String: String], _ value: Double) {
    let pairs = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(Self.escaped($0.value))\"" }
    let number = value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : "\(value)"
    text += name + (pairs.isEmpty ? "" : "{" + pairs.joined(separator: ",") + "}") + " " + number + "\n"
  }

  private static func escaped(_ value: String) -> String {
    var result = ""
    for character in value {
      switch character {
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      case "\n": result += "\\n"
      default: result.append(character)
      }
    }
    return result
  }
}
