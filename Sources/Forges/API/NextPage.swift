// Where a list goes on. Forges answer with the whole address of the next page (RFC 8288); only its page or cursor is taken from there,
// so that an answer never says where the next request, and the token with it, goes.

import HTTPClient

enum NextPage {
  /// Query items of the next page's request; nil on the last page.
  static func items(of headers: HTTPHeaders) -> [(name: String, value: String)]? {
    if let next = headers.all("Link").lazy.flatMap(links).first(where: { $0.relation == "next" }) {
      let items = query(of: next.address).filter { names.contains($0.name) }
      return items.isEmpty ? nil : items
    }
    // GitLab leaves the address out where a proxy is known to break it, and the number empty on the last page.
    guard let number = headers["X-Next-Page"].flatMap({ Int($0) }), number > 1 else { return nil }
    return [("page", String(number))]
  }

  /// The items by which our requests page.
  private static let names: Set<String> = ["page", "cursor", "id_after", "after"]

  private static func links(_ header: String) -> [(address: Substring, relation: Substring)] {
    var found: [(Substring, Substring)] = []
    var rest = header[...]
    while let open = rest.firstIndex(of: "<"), let close = rest[open...].firstIndex(of: ">") {
      let address = rest[rest.index(after: open)..<close]
      let end = rest[close...].firstIndex(of: "<") ?? rest.endIndex
      found.append((address, relation(in: rest[close..<end])))
      rest = rest[end...]
    }
    return found
  }

  private static func relation(in parameters: Substring) -> Substring {
    for parameter in parameters.split(whereSeparator: { $0 == ";" || $0 == "," || $0 == ">" || $0 == " " }) {
      guard parameter.hasPrefix("rel=") else { continue }
      return parameter.dropFirst(4).drop { $0 == "\"" }.prefix { $0 != "\"" }
    }
    return ""
  }

  private static func query(of address: Substring) -> [(name: String, value: String)] {
    address.drop { $0 != "?" }.dropFirst().prefix { $0 != "#" }.split(separator: "&").compactMap { item in
      guard let equals = item.firstIndex(of: "=") else { return nil }
      let value = unescaped(item[item.index(after: equals)...])
      return value.utf8.count <= 512 ? (String(item[..<equals]), value) : nil
    }
  }

  private static func unescaped(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      let digits = String(decoding: rest.prefix(2), as: UTF8.self)
      guard byte == 0x25, digits.utf8.count == 2, let value = UInt8(digits, radix: 16) else {
        bytes.append(byte)
        continue
      }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
