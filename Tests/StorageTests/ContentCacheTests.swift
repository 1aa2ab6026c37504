import Domain
import StorageSQLite
import TestSupport
import Testing

@Suite struct ContentCacheTests {
  private static let now = Timestamp(milliseconds: 1_800_000_000_000)

  private static func cache(_ folder: TemporaryDirectory, limit: Int = 512 << 20, now: Timestamp = now) -> SQLiteContentCache {
    SQLiteContentCache(path: folder.path + "/cache/content.db", byteLimit: limit, now: now)
  }

  private static func key(_ number: Int) -> ContentKey { ContentKey(kind: "test.1", content: Array("\(number)".utf8)) }

  @Test func valuesOutliveTheProcess() throws {
    let folder = try TemporaryDirectory()
    let first = Self.cache(folder)
    #expect(first.isOpen)
    for number in 0..<100 { first.store([UInt8](repeating: UInt8(number), count: number), for: Self.key(number)) }
    #expect(first.value(for: Self.key(7)) == [UInt8](repeating: 7, count: 7))
    first.flush()
    let second = Self.cache(folder)
    for number in 0..<100 { #expect(second.value(for: Self.key(number)) == [UInt8](repeating: UInt8(number), count: number)) }
    #expect(second.value(for: Self.key(100)) == nil)
    #expect(second.value(for: ContentKey(kind: "test.2", content: Array("7".utf8))) == nil)
  }

  @Test func theNewerValueCounts() throws {
    let folder = try TemporaryDirectory()
    let cache = Self.cache(folder)
    cache.store([1], for: Self.key(1))
    cache.flush()
    cache.store([2], for: Self.key(1))
    cache.flush()
    #expect(Self.cache(folder).value(for: Self.key(1)) == [2])
  }

  @Test func whatWasNotWantedForLongestGoesFirst() throws {
    let folder = try TemporaryDirectory()
    let day: Int64 = 86_400_000
    let value = [UInt8](repeating: 1, count: 20_000)
    let early = Self.cache(folder)
    for number in 0..<100 { early.store(value, for: Self.key(number)) }
    early.flush()
    let later = Self.cache(folder, limit: 1 << 20, now: Timestamp(milliseconds: Self.now.milliseconds + day))
    for number in 0..<20 { #expect(later.value(for: Self.key(number)) != nil) }
    later.store(value, for: Self.key(100))
    later.flush()
    let kept = (0...100).filter { later.value(for: Self.key($0)) != nil }
    #expect(kept.count < 60)
    #expect(kept.starts(with: 0..<20))
    #expect(kept.last == 100)
  }

  @Test func aFileThatIsNoDatabaseIsMadeAnew() throws {
    let folder = try TemporaryDirectory()
    Self.cache(folder).flush()
    try folder.write("cache/content.db", bytes: [UInt8](repeating: 0x41, count: 50_000))
    let cache = Self.cache(folder)
    #expect(cache.isOpen)
    cache.store([1], for: Self.key(1))
    cache.flush()
    #expect(Self.cache(folder).value(for: Self.key(1)) == [1])
  }

  @Test func aFileThatIsDamagedInTheMiddleIsMadeAnewByTheNextProcess() throws {
    let folder = try TemporaryDirectory()
    let value = [UInt8](repeating: 7, count: 3000)
    do {
      let cache = Self.cache(folder)
      for number in 0..<200 { cache.store(value, for: Self.key(number)) }
      cache.flush()
    }
    var bytes = try readFile(folder("cache/content.db"))
    for index in 4096..<bytes.count { bytes[index] = 0x5A }
    try folder.write("cache/content.db", bytes: bytes)
    let damaged = Self.cache(folder)
    for number in 0..<200 { #expect(damaged.value(for: Self.key(number)).map { $0 == value } ?? true) }
    damaged.store(value, for: Self.key(1))
    damaged.flush()
    let anew = Self.cache(folder)
    anew.store(value, for: Self.key(2))
    anew.flush()
    #expect(Self.cache(folder).value(for: Self.key(2)) == value)
  }

  @Test func withoutAFileNothingIsKeptAndNothingFails() throws {
    let folder = try TemporaryDirectory()
    try folder.write("file", "")
    let cache = SQLiteContentCache(path: folder.path + "/file/content.db", now: Self.now)
    #expect(!cache.isOpen)
    cache.store([1], for: Self.key(1))
    cache.flush()
    #expect(cache.value(for: Self.key(1)) == nil)
  }
}
