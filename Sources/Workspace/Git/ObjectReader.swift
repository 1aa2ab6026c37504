// Objects out of a repository, through one `git cat-file --batch` that is started at the first question and serves all
// threads in turn: a question costs no process.

import Domain
import Threading

/// One git object's type and bytes.
struct GitObject: Sendable, Hashable {
  var type: String
  var bytes: [UInt8]
}

/// Reads objects of one repository.
///
/// `@unchecked Sendable` is safe: the conversation, which is not thread-safe, is taken out of the monitor by one thread and
/// put back when it is done, so no two threads ever hold it.
final class ObjectReader: @unchecked Sendable {
  private enum Slot {
    case empty
    case idle(Conversation)
    case taken
  }

  private let slot = Monitor<Slot>(.empty)
  private let start: @Sendable () throws(WorkspaceError) -> Conversation
  private let patience: Duration = .seconds(60)

  init(git: Git, gitDirectory: String) {
    start = { () throws(WorkspaceError) -> Conversation in
      try Conversation(git.command(["cat-file", "--batch"], in: gitDirectory), cancellation: git.cancellation)
    }
  }

  /// The object, or nil when the repository has none of that name. Throws `tooLarge` above `limit` bytes.
  func object(_ id: ObjectID, limit: Int) throws(WorkspaceError) -> GitObject? {
    let conversation = try take()
    do {
      let object = try ask(conversation, id, limit)
      slot.update { $0 = .idle(conversation) }
      return object
    } catch {
      // The rest of an answer may still be on its way: this conversation cannot be used again.
      conversation.end()
      slot.update { $0 = .empty }
      throw error
    }
  }

  /// Ends the process; the next question starts another.
  func close() {
    let idle: Conversation? = slot.update { state in
      guard case .idle(let conversation) = state else { return nil }
      state = .empty
      return conversation
    }
    idle?.end()
  }

  private func take() throws(WorkspaceError) -> Conversation {
    let found: Conversation?? = slot.wait(upTo: patience) { state in
      switch state {
      case .taken: return nil
      case .idle(let conversation):
        state = .taken
        return .some(conversation)
      case .empty:
        state = .taken
        return .some(nil)
      }
    }
    guard let found else { throw WorkspaceError(.busy, "git cat-file is busy with other threads' questions") }
    if let found { return found }
    do {
      return try start()
    } catch {
      slot.update { $0 = .empty }
      throw error
    }
  }

  private func ask(_ conversation: Conversation, _ id: ObjectID, _ limit: Int) throws(WorkspaceError) -> GitObject? {
    let deadline = monotonicNow() + patience
    try conversation.send(Array("\(id.hex)\n".utf8), deadline: deadline)
    let header = String(decoding: try conversation.line(limit: 256, deadline: deadline), as: UTF8.self).split(separator: " ")
    if header.count == 2, header[1] == "missing" { return nil }
    guard header.count == 3, header[0] == id.hex, let size = Int(header[2]), size >= 0 else {
      throw WorkspaceError(.malformed, "git cat-file gave no header for \(id.short)")
    }
    guard size <= limit else {
      throw WorkspaceError(.tooLarge, "object \(id.short) has \(size) bytes, more than the limit of \(limit)")
    }
    let bytes = try conversation.bytes(size, deadline: deadline)
    _ = try conversation.bytes(1, deadline: deadline)
    return GitObject(type: String(header[1]), bytes: bytes)
  }
}
