// A repository in which a function was renamed and the docs were not.

import Domain
import TestSupport

/// A bare repository as a git server has it, and a clone that someone works in.
struct ExampleRepository {
  let server: TemporaryRepository
  let clone: TemporaryRepository
  let before: ObjectID
  let after: ObjectID

  static let code = """
    \"\"\"Settings.\"\"\"


    def parse_config(path):
        \"\"\"Read the settings file.\"\"\"
        with open(path) as file:
            lines = file.read().splitlines()
        return dict(line.split("=", 1) for line in lines if line)


    def main():
        print(parse_config("app.conf"))

    """
  static let readme = """
    # Settings

    Call `parse_config("app.conf")` to read the settings.

    ```python
    from settings import parse_config

    print(parse_config("app.conf"))
    ```

    """

  init() throws {
    server = try TemporaryRepository(bare: true)
    clone = try TemporaryRepository()
    before = try clone.commit(["settings.py": Self.code, "README.md": Self.readme], message: "Read settings")
    after = try clone.commit(["settings.py": Self.code.replacing("parse_config", with: "load_settings")], message: "Rename parse_config")
    try push()
  }

  func push() throws { _ = try clone.git(["push", "--quiet", "--force", server.path, "HEAD:refs/heads/main"]) }

  /// The body that a post-receive hook sends.
  func webhook(before: ObjectID, after: ObjectID, branch: String = "main") -> [UInt8] {
    Array(#"{"repository":"\#(server.path)","ref":"refs/heads/\#(branch)","before":"\#(before)","after":"\#(after)"}"#.utf8)
  }
}
