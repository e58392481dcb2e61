import EaselApp
import EaselImaging
import EaselKit
import Foundation

/// The unsent prompt and the paintings that still wait, kept across crashes.
struct DraftFile: Sendable {
  let path: String

  /// nil when there is none, or when it cannot be read: a draft is never worth not starting for.
  func read() -> Draft? {
    guard let data = try? Data(contentsOf: URL(filePath: path)), data.count < 4 << 20 else {
      return nil
    }
    return try? JSONDecoder().decode(Draft.self, from: data)
  }

  /// The old draft stays until the new one is on the disk.
  func write(_ draft: Draft) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    _ = try publish([UInt8](encoder.encode(draft)), at: path, collision: .overwrite)
  }
}
