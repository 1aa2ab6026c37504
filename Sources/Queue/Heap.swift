// A binary heap whose elements know where they stand, so that one in the middle leaves in logarithmic time. A job whose
// time is moved again and again (debounce) therefore never leaves stale copies behind.

/// Something that stands in at most one heap at a time.
protocol HeapElement: AnyObject {
  /// Smaller leaves first.
  var rank: Int64 { get }
  /// Decides between equal ranks; the same order as Redis gives to members of one score.
  var name: String { get }
  /// Kept by the heap; -1 outside of one.
  var heapIndex: Int { get set }
}

/// Elements by rank; the first is found at once.
struct Heap<Element: HeapElement> {
  private var elements: [Element] = []

  var count: Int { elements.count }
  var first: Element? { elements.first }

  mutating func insert(_ element: Element) {
    element.heapIndex = elements.count
    elements.append(element)
    rise(from: elements.count - 1)
  }

  mutating func remove(_ element: Element) {
    let index = element.heapIndex
    precondition(index >= 0 && elements[index] === element, "only an element of this heap leaves it")
    let last = elements.removeLast()
    element.heapIndex = -1
    guard last !== element else { return }
    elements[index] = last
    last.heapIndex = index
    rise(from: index)
    sink(from: last.heapIndex)
  }

  private mutating func rise(from start: Int) {
    var index = start
    while index > 0 {
      let parent = (index - 1) / 2
      guard precedes(elements[index], elements[parent]) else { return }
      exchange(index, parent)
      index = parent
    }
  }

  private mutating func sink(from start: Int) {
    var index = start
    while true {
      var least = index
      for child in (2 * index + 1)...(2 * index + 2) where child < elements.count && precedes(elements[child], elements[least]) {
        least = child
      }
      guard least != index else { return }
      exchange(index, least)
      index = least
    }
  }

  private mutating func exchange(_ one: Int, _ other: Int) {
    elements.swapAt(one, other)
    elements[one].heapIndex = one
    elements[other].heapIndex = other
  }

  private func precedes(_ one: Element, _ other: Element) -> Bool {
    one.rank != other.rank ? one.rank < other.rank : one.name < other.name
  }
}
