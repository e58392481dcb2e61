/// An error for people and programs: what happened, what to do about it, what lay underneath.
public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
  /// For programs to switch on; `exitCode` follows the command line's contract.
  public enum Code: String, Hashable, Sendable, CaseIterable {
    case badInput, notFound, modelMissing, modelDamaged, engineUnreachable, diskFull, readOnly
    case libraryDamaged, libraryBusy, cancelled, unsupported, outOfMemory, internalError
  }
  public var code: Code
  public var what: String
  public var hint: String?
  public var cause: String?

  public init(_ code: Code, _ what: String, hint: String? = nil, cause: String? = nil) {
    self.code = code
    self.what = what
    self.hint = hint
    self.cause = cause
  }

  /// Wraps any error; a `Failure` stays itself.
  public init(_ error: any Error) {
    if let failure = error as? Failure {
      self = failure
    } else if error is CancellationError {
      self = Failure(.cancelled, "stopped")
    } else {
      self = Failure(.internalError, "something went wrong", cause: "\(error)")
    }
  }

  public var description: String {
    var text = what
    if let hint { text += "; \(hint)" }
    if let cause { text += " (\(cause))" }
    return text
  }

  /// Exit status of the command line: 0 done, 1 failed, 2 wrong usage, 3 engine unreachable,
  /// 4 not found, 130 interrupted.
  public var exitCode: Int32 {
    switch code {
    case .badInput, .unsupported: 2
    case .engineUnreachable: 3
    case .notFound, .modelMissing: 4
    case .cancelled: 130
    case .modelDamaged, .diskFull, .readOnly, .libraryDamaged, .libraryBusy, .outOfMemory,
      .internalError:
      1
    }
  }
}

extension Failure {
  /// `name` is not one of `known`; offers the nearest known name when one is near.
  /// `kind` is the thing's name in a sentence: "engine", "theme", "setting".
  public static func unknown(
    _ kind: String, _ name: String, known: [String], code: Code = .badInput
  ) -> Failure {
    let hint: String? =
      if let nearest = nearest(to: name, among: known, within: max(2, name.count / 3)) {
        "did you mean '\(nearest)'?"
      } else if known.isEmpty {
        nil
      } else {
        "one of: \(known.sorted().joined(separator: ", "))"
      }
    return Failure(code, "no \(kind) is called '\(name)'", hint: hint)
  }
}
