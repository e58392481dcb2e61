import EaselKit
import EaselMuse
import EaselTensor
import Foundation

/// How the painter's step grows with the tokens of a picture, the pictures painted together and the threads;
/// also drawn, into `.build/scaling.svg`.
func measureScaling(_ report: Report) throws {
  // Half of aMUSEd in width and a third in depth: the same shape, and quick to measure.
  let shape: TransformerConfiguration = try configuration(
    json: """
      {"hidden_size": 512, "num_hidden_layers": 8, "num_attention_heads": 8, "intermediate_size": 1408,
       "in_channels": 384, "block_out_channels": 384, "block_num_heads": 6, "num_res_blocks": 2,
       "encoder_hidden_size": 384, "cond_embed_dim": 384, "micro_cond_encode_dim": 64,
       "micro_cond_embed_dim": 320, "sample_size": 16}
      """)
  let painter = try UVit2D(shape, ParameterSource(seed: 5))
  let clock = ContinuousClock()
  var random = SplitMix64(seed: 6)

  func milliseconds(side: Int, batch: Int) -> Double {
    let states = Tensor.normal([batch, 77, 384], std: 1, using: &random)
    let pooled = Tensor.normal([batch, 384], std: 1, using: &random)
    let ids = (0..<side * side * batch).map { _ in Int32(random.nextInt(8192)) }
    var best = Double.infinity
    ProductPrecision.fastest.use {
      Recording.off {
        let prompt = painter.prepare(
          textStates: states, pooled: pooled,
          microConditions: Tensor(
            [batch, 5], (0..<batch).flatMap { _ in [256, 256, 0, 0, 6] as [Float] }))
        for _ in 0..<4 {
          let time = clock.measure {
            _ = painter.forward(tokenIDs: ids, height: side, prompt: prompt, wanted: [0])
          }
          best = min(best, time / .milliseconds(1))
        }
      }
    }
    return best
  }

  let threads = Parallel.threads
  defer { Parallel.threads = threads }
  let tokens = [8, 12, 16, 20, 24, 32].map { side in
    (x: Double(side * side), y: milliseconds(side: side, batch: 2))
  }
  let batches = [1, 2, 4, 8].map { n in
    (x: Double(n), y: milliseconds(side: 16, batch: n) / Double(n))
  }
  let byThreads = (1...threads).map { n in
    Parallel.threads = n
    return (x: Double(n), y: milliseconds(side: 16, batch: 2))
  }
  for (x, y) in tokens { report.add("scaling_\(Int(x))_tokens.ms", y, "ms") }
  for (x, y) in batches { report.add("scaling_batch_\(Int(x))_a_picture.ms", y, "ms") }
  for (x, y) in byThreads { report.add("scaling_\(Int(x))_threads.ms", y, "ms") }
  let drawing = Plot.row([
    Plot(title: "a step of two pictures", x: "tokens of a picture", y: "ms", points: tokens),
    Plot(title: "a step, for each picture", x: "pictures together", y: "ms", points: batches),
    Plot(title: "a step of two pictures", x: "threads", y: "ms", points: byThreads),
  ])
  try Data(drawing.utf8).write(to: URL(filePath: ".build/scaling.svg"))
}

/// One curve in a frame, as SVG.
struct Plot {
  var title: String, x: String, y: String
  var points: [(x: Double, y: Double)]

  static func row(_ plots: [Plot]) -> String {
    let width = 300, height = 240
    let frames = plots.enumerated().map { i, plot in
      "<g transform=\"translate(\(i * width), 0)\">\(plot.frame(width, height))</g>"
    }
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width * plots.count) \(height)" \
      font-family="sans-serif" font-size="12">
      <rect width="100%" height="100%" fill="white"/>
      \(frames.joined(separator: "\n"))
      </svg>

      """
  }

  private func frame(_ width: Int, _ height: Int) -> String {
    let left = 48.0, right = Double(width) - 16, top = 34.0, bottom = Double(height) - 46
    let highest = (points.map(\.y).max() ?? 1) * 1.1, widest = (points.map(\.x).max() ?? 1) * 1.05
    func place(_ p: (x: Double, y: Double)) -> (Double, Double) {
      (left + (right - left) * p.x / widest, bottom - (bottom - top) * p.y / highest)
    }
    let line = points.map { p in
      let (x, y) = place(p)
      return String(format: "%.1f,%.1f", x, y)
    }.joined(separator: " ")
    let marks = points.map { p in
      let (x, y) = place(p)
      return String(
        format: "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"#1f5fa8\"/>"
          + "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%@</text>"
          + "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\" fill=\"#555\">%d</text>",
        x, y, x, y - 8, Figure.number(p.y.rounded()), x, bottom + 15, Int(p.x))
    }.joined()
    return """
      <text x="\(left)" y="18" font-weight="bold">\(title)</text>
      <path d="M\(left) \(top)V\(bottom)H\(right)" fill="none" stroke="#888"/>
      <text x="\((left + right) / 2)" y="\(height - 12)" text-anchor="middle">\(x)</text>
      <text x="14" y="\((top + bottom) / 2)">\(y)</text>
      <polyline points="\(line)" fill="none" stroke="#1f5fa8" stroke-width="2"/>
      \(marks)
      """
  }
}
