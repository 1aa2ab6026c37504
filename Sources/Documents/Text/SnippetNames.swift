// The ids of samples: stable while lines move, distinct for equal samples.

import Domain

extension DocumentParts {
  /// Gives each sample its id: a hash of the path, the language and the code; equal samples are counted.
  mutating func name(in path: String) {
    var count: [UInt64: Int] = [:]
    for index in snippets.indices {
      var hash = StableHash()
      hash.add(path)
      hash.add(snippets[index].language ?? "")
      hash.add(snippets[index].code)
      let id = hash.hex
      let number = count[hash.value, default: 0] + 1
      count[hash.value] = number
      snippets[index].id = number == 1 ? id : "\(id)-\(number)"
    }
  }
}
