// The names that git gives to blobs. They are computed here for files of a working tree, because `git hash-object` follows
// symbolic links and takes no list of odd names. SHA-1 and SHA-256 as in FIPS 180-4; the tests compare them with git's.
// These name content that git itself stores; nothing is authenticated with them.

import Domain

/// How a repository names its objects.
enum ObjectFormat: String, Sendable, Hashable {
  case sha1, sha256

  /// The name of a blob with these bytes.
  func blobName(_ content: [UInt8]) -> ObjectID {
    var namer = BlobNamer(self, size: content.count)
    namer.update(content[...])
    return namer.finish()
  }

  /// What names a submodule in a working tree, whose commit is not looked up.
  var zero: ObjectID { objectName([UInt32](repeating: 0, count: self == .sha1 ? 5 : 8)) }
}

/// Computes a blob's name while its bytes come in.
struct BlobNamer {
  private let format: ObjectFormat
  private var state: [UInt32]
  private var pending: [UInt8]
  private var count = 0

  /// - Parameter size: bytes that will come; they are part of the name.
  init(_ format: ObjectFormat, size: Int) {
    self.format = format
    state = format == .sha1 ? sha1Start : sha256Start
    pending = Array("blob \(size)\u{0}".utf8)
    count = pending.count
  }

  mutating func update(_ bytes: ArraySlice<UInt8>) {
    count += bytes.count
    pending += bytes
    let whole = pending.count / 64 * 64
    compress(upTo: whole)
    pending.removeFirst(whole)
  }

  mutating func finish() -> ObjectID {
    let bits = UInt64(count) * 8
    pending.append(0x80)
    pending += [UInt8](repeating: 0, count: (120 - pending.count % 64) % 64)
    for shift in stride(from: 56, through: 0, by: -8) { pending.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift))) }
    compress(upTo: pending.count)
    return objectName(state)
  }

  private mutating func compress(upTo end: Int) {
    pending.withUnsafeBufferPointer { bytes in
      state.withUnsafeMutableBufferPointer { state in
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 80) { schedule in
          for block in stride(from: 0, to: end, by: 64) {
            for t in 0..<16 {
              let at = block + 4 * t
              schedule[t] = UInt32(bytes[at]) << 24 | UInt32(bytes[at + 1]) << 16 | UInt32(bytes[at + 2]) << 8 | UInt32(bytes[at + 3])
            }
            if format == .sha1 { sha1Round(state, schedule) } else { sha256Round(state, schedule) }
          }
        }
      }
    }
  }
}

private typealias Words = UnsafeMutableBufferPointer<UInt32>

private func sha1Round(_ state: Words, _ w: Words) {
  for t in 16..<80 { w[t] = rotateLeft(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1) }
  var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
  for t in 0..<80 {
    let f: UInt32
    let k: UInt32
    switch t {
    case 0..<20: (f, k) = ((b & c) | (~b & d), 0x5a82_7999)
    case 20..<40: (f, k) = (b ^ c ^ d, 0x6ed9_eba1)
    case 40..<60: (f, k) = ((b & c) | (b & d) | (c & d), 0x8f1b_bcdc)
    default: (f, k) = (b ^ c ^ d, 0xca62_c1d6)
    }
    let next = rotateLeft(a, 5) &+ f &+ e &+ k &+ w[t]
    (a, b, c, d, e) = (next, a, rotateLeft(b, 30), c, d)
  }
  state[0] &+= a
  state[1] &+= b
  state[2] &+= c
  state[3] &+= d
  state[4] &+= e
}

private func sha256Round(_ state: Words, _ w: Words) {
  for t in 16..<64 {
    let s0 = rotateLeft(w[t - 15], 25) ^ rotateLeft(w[t - 15], 14) ^ (w[t - 15] >> 3)
    let s1 = rotateLeft(w[t - 2], 15) ^ rotateLeft(w[t - 2], 13) ^ (w[t - 2] >> 10)
    w[t] = w[t - 16] &+ s0 &+ w[t - 7] &+ s1
  }
  var (a, b, c, d) = (state[0], state[1], state[2], state[3])
  var (e, f, g, h) = (state[4], state[5], state[6], state[7])
  for t in 0..<64 {
    let s1 = rotateLeft(e, 26) ^ rotateLeft(e, 21) ^ rotateLeft(e, 7)
    let one = h &+ s1 &+ ((e & f) ^ (~e & g)) &+ roundConstants[t] &+ w[t]
    let s0 = rotateLeft(a, 30) ^ rotateLeft(a, 19) ^ rotateLeft(a, 10)
    let two = s0 &+ ((a & b) ^ (a & c) ^ (b & c))
    (h, g, f, e) = (g, f, e, d &+ one)
    (d, c, b, a) = (c, b, a, one &+ two)
  }
  for (index, value) in [a, b, c, d, e, f, g, h].enumerated() { state[index] &+= value }
}

private func rotateLeft(_ word: UInt32, _ count: UInt32) -> UInt32 { word << count | word >> (32 - count) }

private func objectName(_ words: [UInt32]) -> ObjectID {
  let hex = words.map { word in
    let digits = String(word, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
  guard let id = ObjectID(hex.joined()) else { preconditionFailure("a digest is hexadecimal") }
  return id
}

private let sha1Start: [UInt32] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0]

private let sha256Start: [UInt32] = [
  0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
]

private let roundConstants: [UInt32] = [
  0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5, 0xd807_aa98, 0x1283_5b01,
  0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174, 0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc,
  0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da, 0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147,
  0x06ca_6351, 0x1429_2967, 0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
  0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070, 0x19a4_c116, 0x1e37_6c08,
  0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3, 0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208,
  0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
]
