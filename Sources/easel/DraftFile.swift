import EaselApp
import EaselKit
import EaselStore
import FoundationEssentials

/// The unsent prompt and the paintings that still wait, kept across crashes.
struct DraftFile: Sendable {
  let box: DraftBox

  /// nil when there is none. One that cannot be read is set aside, and the failure says where.
  func read() -> (draft: Draft?, problem: Failure?) {
    do {
      guard let bytes = try box.load() else { return (nil, nil) }
      do {
        return (try JSONDecoder().decode(Draft.self, from: Data(bytes)), nil)
      } catch {
        let path = try box.setAside()
        return (
          nil,
          Failure(
            .badInput, "the prompt of the last session cannot be read",
            hint: "it is kept as \(path)", cause: "\(error)")
        )
      }
    } catch {
      return (nil, Failure(error))
    }
  }

  /// The old draft stays until the new one is on the disk.
  func write(_ draft: Draft) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    try box.save([UInt8](encoder.encode(draft)))
  }
}
