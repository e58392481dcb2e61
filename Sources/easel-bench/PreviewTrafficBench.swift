import EaselImaging
import EaselKit
import EaselMuse
import EaselScreen
import EaselTerminal
import EaselTestSupport
import Foundation
import Synchronization

/// What the previews of paintings cost on their way to a terminal that takes sixels, beside the same previews
/// sent whole, each with colours of its own.
func measurePreviewTraffic(_ report: Report) async throws {
  let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().path
  let engine = MuseEngine(
    catalog: ModelCatalog(
      roots: ["\(program)/easel_EaselMuse.resources/Models"], digest: { _ in "" }))
  guard let model = engine.description.models.first, let size = model.sizes.first else { return }
  var sent = 0, whole = 0, count = 0
  for (seed, prompt) in [
    "a red fox in the snow", "a blue house under a yellow sun", "a cat and a ball", "a green tree",
  ].enumerated() {
    var previews: [Picture] = []
    let request = GenerationRequest(
      prompt: prompt, width: size.width, height: size.height, seed: UInt64(seed),
      engine: MuseEngine.name, model: model.name)
    for try await event in engine.generate(request) {
      if case .preview(_, let picture) = event { previews.append(picture) }
    }
    let (changes, frames) = try await traffic(of: previews)
    sent += changes
    whole += frames
    count += previews.count
  }
  report.add("preview_traffic.share", Double(sent) / Double(max(1, whole)), "")
  report.add("preview_traffic.bytes", Double(sent) / Double(max(1, count)), "bytes")
  let (changes, frames) = try await traffic(of: revealed())
  report.add("preview_traffic_tokens.share", Double(changes) / Double(frames), "")
}

/// Bytes of sixels that a terminal of 120 × 40 cells of 10 × 20 pixels is sent for `previews`, each shown in 640 ×
/// 640 pixels, and what they would be whole.
private func traffic(of previews: [Picture]) async throws -> (changes: Int, frames: Int) {
  let canvas = PixelSize(width: 640, height: 640), cells = CellSize(columns: 120, rows: 40)
  let series = Mutex(PreviewSeries())
  let supply = PictureSupply(
    indexed: { request in
      guard case .preview(_, _, let revision) = request.key else { return nil }
      return series.withLock { $0.indexed(previews[revision]) }.scaledNearest(to: request.size)
    }, picture: { _ in nil }, sixel: { try? encodeSixel($0, rect: $1) })
  var frames = 0
  for preview in previews {
    let strips = try encodeSixelStrips(
      preview.indexed(.preview).scaledNearest(to: canvas), cellHeight: 20, pixels: 48_000)
    frames += strips.reduce(0) { $0 + $1.bytes.count }
  }
  let (session, changes) = try await onOwnThread {
    let terminal = try PseudoTerminal(size: cells)
    var options = TerminalOptions(
      theme: Theme(
        name: "plain", isDark: true,
        looks: Dictionary(
          uniqueKeysWithValues: Role.allCases.map {
            ($0, Theme.Look(foreground: RGB(230, 230, 230), background: RGB(24, 24, 32)))
          })))
    options.input = terminal.slave
    options.output = terminal.slave
    options.term = "xterm-256color"
    options.announcesIdle = true
    options.handlesSignals = false
    options.secondsForAnswers = 20
    let opening = options
    let opened = OwnThread { try TerminalSession.open(opening, pictures: supply) }
    try terminal.read(until: "the session") { $0.modes.contains(1070) || opened.isDone }
    let session = try opened.value()
    for i in previews.indices {
      var screen = Screen(size: cells)
      screen.place(
        .preview(JobID(1), index: 0, revision: i),
        in: CellRect(column: 2, row: 1, columns: 64, rows: 32))
      session.present(screen)
      try terminal.read(until: "preview \(i)") { $0.idle > i }
    }
    return (session, terminal.screen.sixelBytes)
  }
  await session.close()
  return (changes, frames)
}

/// Previews of a painting as large models make it: in twelve steps the squares of a blurred picture of 320 × 320 become
/// sharp, 256 of them, those of the last steps most.
private func revealed() -> [Picture] {
  let side = 16, square = 20
  let sharp = cloudsAndDisc(side: side * square, seed: 1)
  var picture = sharp.scaled(to: PixelSize(width: side, height: side))
    .scaled(to: sharp.size, by: .bicubic)
  var random = SplitMix64(seed: 1)
  var order = Array(0..<(side * side))
  for i in order.indices.reversed() { order.swapAt(i, random.nextInt(i + 1)) }
  return (1...12).map { step in
    // The sampler's cosine schedule.
    let known = order.count - Int(Double(order.count) * cos(Double(step) / 12 * .pi / 2))
    for token in order.prefix(known) {
      for y in 0..<square {
        let i = ((token / side * square + y) * sharp.width + token % side * square) * 3
        picture.pixels.replaceSubrange(
          i..<(i + square * 3), with: sharp.pixels[i..<(i + square * 3)])
      }
    }
    return picture
  }
}
