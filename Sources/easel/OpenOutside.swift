import EaselKit
import EaselTerminal
import Foundation
import Glibc

/// Shows a file in a program of the user's: the words of `$EASEL_OPEN` with the path behind them, else
/// `xdg-open`. The program runs in a session of its own, without our terminal, and is never waited for.
///
/// - Parameter log: the file that takes what the program says.
/// - Returns: the program's name.
func openOutside(
  _ file: String, environment: [String: String] = ProcessInfo.processInfo.environment, log: String
) async throws -> String {
  let chosen = environment["EASEL_OPEN"] ?? ""
  var words = chosen.split(separator: " ").map(String.init)
  if words.isEmpty { words = ["xdg-open"] }
  let name = words.removeFirst()
  guard let program = executable(name, path: environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin")
  else {
    throw Failure(
      .notFound, "there is no program '\(name)' to open pictures with",
      hint: "set EASEL_OPEN to the one that shall, as EASEL_OPEN=feh; the file is \(file)")
  }
  let child = try DetachedProgram(program, words + [file], output: log)
  // One that refuses does so at once; one that shows the picture lives on.
  for _ in 0..<20 {
    if let status = child.status() {
      guard status == 0 else {
        throw Failure(
          .internalError, "'\(name)' could not show the picture",
          hint: "\(log) has what it said; EASEL_OPEN names another program",
          cause: status > 128 ? "signal \(status - 128)" : "status \(status)")
      }
      return name
    }
    try? await Task.sleep(for: .milliseconds(50))
  }
  // Waited for beside everything else, so that it does not stay a zombie.
  Task.detached(priority: .background) {
    while child.status() == nil { try? await Task.sleep(for: .seconds(2)) }
  }
  return name
}

/// The program that a shell would start; nil where there is none.
private func executable(_ name: String, path: String) -> String? {
  func isProgram(_ file: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: file, isDirectory: &isFolder)
      && !isFolder.boolValue && access(file, X_OK) == 0
  }
  if name.contains("/") {
    let file = expandingTilde(name)
    return isProgram(file) ? file : nil
  }
  return path.split(separator: ":").map { "\($0)/\(name)" }.first(where: isProgram)
}
