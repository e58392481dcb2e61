public import EaselKit

/// Paints the fixed prompts with a model: what it is judged by.
public func paintSampleSheet(
  _ model: MuseModel, prompts: [String], seed: UInt64 = 1, steps: Int = 12, guidance: Double = 3,
  columns: Int = 12, scale: Int = 2
) throws -> Picture {
  let size = model.nativeSize
  let pictures = try prompts.enumerated().map { i, prompt in
    let painted = try model.paint(
      GenerationRequest(
        prompt: prompt, width: size.width, height: size.height, steps: steps, guidance: guidance,
        seed: seed &+ UInt64(i), model: model.name), indices: 0..<1, check: {},
      step: { _, _, _ in })
    return painted[0].picture
  }
  return contactSheet(pictures, columns: columns, scale: scale)
}
