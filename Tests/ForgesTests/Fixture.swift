// The recorded deliveries under Fixtures/, as the forges send them: the event's name is not in the body, so it comes from the
// folder (GitHub) or the file's name (the others).

import Domain
import Foundation
import Testing

struct Fixture: Sendable, CustomTestStringConvertible {
  let forge: Forge
  /// Relative to `Fixtures`.
  let path: String
  let body: [UInt8]

  var testDescription: String { path }

  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

  static let all: [Fixture] = {
    var fixtures: [Fixture] = []
    for forge in Forge.allCases {
      let root = folder.appending(path: forge.rawValue)
      for case let name as String in FileManager.default.enumerator(atPath: root.path) ?? .init() where name.hasSuffix(".json") {
        let body = (try? Data(contentsOf: root.appending(path: name))) ?? Data()
        fixtures.append(Fixture(forge: forge, path: "\(forge.rawValue)/\(name)", body: Array(body)))
      }
    }
    return fixtures.sorted { $0.path < $1.path }
  }()

  /// What the forge's event header says.
  var eventName: String {
    let name = path.split(separator: "/")
    switch forge {
    case .github: return String(name[1])
    case .gitea: return String(name[1]).replacing("-event.json", with: "").replacing("-", with: "_")
    case .gitlab where name[1].hasPrefix("system-"): return "System Hook"
    case .gitlab: return ["tag-event.json": "Tag Push Hook", "wikipage-event.json": "Wiki Page Hook"][String(name[1])] ?? "Note Hook"
    case .git: return "push"
    }
  }
}
