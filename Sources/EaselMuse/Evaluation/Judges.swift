import EaselKit
import EaselTensor
import Foundation

/// The referee and the independent CLIP in memory. Not `Sendable`: whoever evaluates owns them.
public final class Judges {
  public let referee: Referee
  let clip: ClipModel
  public let card: JudgeCard

  /// - Parameter folder: of the judges, as `JudgeRun` writes it.
  public init(folder: String) throws {
    guard let data = try readSmallFile(folder + "/" + JudgeCard.file) else {
      throw Failure(
        .modelMissing, "there are no judges in \(folder)",
        hint: "'easel train judge --out DIR' makes them; then use --judge DIR/judge")
    }
    do { card = try JSONDecoder().decode(JudgeCard.self, from: data) } catch {
      throw Failure(
        .modelDamaged, "\(folder)/\(JudgeCard.file) cannot be read",
        hint: "make the judges again: easel train judge", cause: "\(error)")
    }
    guard card.nouns == Noun.all.map(\.name) else {
      throw Failure(
        .modelDamaged, "the judges in \(folder) know other things than the scenes show",
        hint: "make them again: easel train judge",
        cause: "\(card.nouns.count) nouns, the scenes have \(Noun.all.count)")
    }
    referee = try Referee(ParameterSource(path: folder + "/referee.safetensors"))
    clip = try ClipModel(folder: folder)
  }

  /// The folder of the judges that came with Easel: below the first of `roots` that has some.
  public static func folder(in roots: [String]) throws -> String {
    let folders = roots.map { $0 + "/judge" }
    if let found = folders.first(where: {
      FileManager.default.fileExists(atPath: $0 + "/" + JudgeCard.file)
    }) {
      return found
    }
    throw Failure(
      .modelMissing, "the judges of 'easel evaluate' are not installed",
      hint: "'easel train judge --out DIR' makes them; then use --judge DIR/judge",
      cause: "looked in \(folders.joined(separator: ", "))")
  }
}
