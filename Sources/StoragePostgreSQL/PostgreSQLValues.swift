// Arguments and rows in PostgreSQL's binary format: numbers big-endian, text and bytes as they are.

import CPostgreSQL
import Storage

/// The arguments of one statement. Blobs are sent from where they lie; everything else is first put into one buffer.
struct Parameters {
  private let arguments: [SQLValue]
  private var buffer: [UInt8] = []
  private var offsets: [Int] = []

  init(_ arguments: [SQLValue]) {
    self.arguments = arguments
    offsets.reserveCapacity(arguments.count + 1)
    for argument in arguments {
      offsets.append(buffer.count)
      switch argument {
      case .null, .blob: break
      case .integer(let number): append(UInt64(bitPattern: number))
      case .real(let number): append(number.bitPattern)
      case .text(let text): buffer.append(contentsOf: text.utf8)
      }
    }
    offsets.append(buffer.count)
    // An empty text needs an address too: none is NULL.
    buffer.append(0)
  }

  private mutating func append(_ word: UInt64) { withUnsafeBytes(of: word.bigEndian) { buffer.append(contentsOf: $0) } }

  typealias Pointers = [UnsafePointer<CChar>?]

  /// Calls `body` with what libpq wants of parameters.
  func send(_ body: (_ values: Pointers, _ lengths: [Int32], _ formats: [Int32]) -> Int32) -> Int32 {
    buffer.withUnsafeBytes { buffer in
      var pointers: Pointers = []
      var lengths: [Int32] = []
      for (index, argument) in arguments.enumerated() {
        let isAbsent = if case .null = argument { true } else { false }
        pointers.append(isAbsent ? nil : buffer.baseAddress.map { ($0 + offsets[index]).assumingMemoryBound(to: CChar.self) })
        lengths.append(Int32(offsets[index + 1] - offsets[index]))
      }
      return addBlobs(from: 0, pointers, lengths) { body($0, $1, [Int32](repeating: 1, count: arguments.count)) }
    }
  }

  /// Points at each blob where it lies. Nested, so that every pointer is good until `body` returns.
  private func addBlobs(from start: Int, _ pointers: Pointers, _ lengths: [Int32], _ body: (Pointers, [Int32]) -> Int32) -> Int32 {
    for index in start..<arguments.count {
      guard case .blob(let bytes) = arguments[index], !bytes.isEmpty else { continue }
      return bytes.withUnsafeBytes { bytes in
        var (pointers, lengths) = (pointers, lengths)
        pointers[index] = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
        lengths[index] = Int32(clamping: bytes.count)
        return addBlobs(from: index + 1, pointers, lengths, body)
      }
    }
    return body(pointers, lengths)
  }
}

/// One row of a result.
struct PostgreSQLRow: SQLRow {
  let result: OpaquePointer
  let index: Int32

  /// The column's bytes, nil for NULL or another type than one of `types`
  /// (https://github.com/postgres/postgres/blob/REL_15_STABLE/src/include/catalog/pg_type.dat).
  private func bytes(_ column: Int, _ types: Oid...) -> UnsafeRawBufferPointer? {
    let column = Int32(column)
    guard PQgetisnull(result, index, column) == 0, types.contains(PQftype(result, column)) else { return nil }
    return UnsafeRawBufferPointer(start: PQgetvalue(result, index, column), count: Int(PQgetlength(result, index, column)))
  }

  func integer(_ column: Int) -> Int64? {
    guard let bytes = bytes(column, 20), bytes.count == 8 else { return nil }
    return Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
  }

  func real(_ column: Int) -> Double? {
    guard let bytes = bytes(column, 701), bytes.count == 8 else { return nil }
    return Double(bitPattern: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)))
  }

  func text(_ column: Int) -> String? { bytes(column, 25).map { String(decoding: $0, as: UTF8.self) } }

  func blob(_ column: Int) -> [UInt8]? { bytes(column, 17).map { Array($0) } }
}
