import EaselKit
import EaselMuse
import EaselTensor
import Foundation

/// GFLOP/s of the kernels against the processor's measured peak, and a painting of the shipped model. Best of several runs; one core unless the name says otherwise.
func measureEngine(_ report: Report) async throws {
  measureKernels(report)
  try await measurePainting(report)
  try measureScaling(report)
  try measureLargeModel(report)
}

private func measureKernels(_ report: Report) {
  let clock = ContinuousClock()
  let threads = Parallel.threads
  defer { Parallel.threads = threads }
  Parallel.threads = 1

  func peakRate(_ rounds: Int) -> Double {
    var operations = 0.0
    let time = clock.measure { operations = Kernels.runPeak(rounds: rounds) } / .seconds(1)
    return operations / time / 1e9
  }
  /// Rate of `body` and its share of the peak. Clocks rise and fall with what the rest of the machine
  /// does: every run is compared with the peak just before and after it, and the median counts.
  func measured(_ gigaflop: Double, _ body: () -> Void) -> (rate: Double, share: Double) {
    body()
    var rates: [Double] = [], shares: [Double] = []
    for _ in 0..<31 {
      let before = peakRate(60_000)
      let rate = gigaflop / (clock.measure(body) / .seconds(1))
      rates.append(rate)
      shares.append(rate / ((before + peakRate(60_000)) / 2))
    }
    return (rates.max() ?? 0, median(shares))
  }
  var random = SplitMix64(seed: 1)
  let peak = (0..<9).map { _ in peakRate(1_000_000) }.max() ?? 1
  report.add("peak_\(Kernels.path)_core.gflops", peak, "GFLOP/s", better: .higher)

  for (m, k, n) in [
    (256, 768, 768), (512, 1024, 1024), (512, 1024, 5632), (512, 2816, 1024), (128, 192, 192),
    (64, 192, 1024),
  ] {
    let x = Tensor.normal([m, k], std: 1, using: &random)
    for (precision, factor) in [
      (ProductPrecision.fp32, 1.0), (.bfloat16, 2), (.int8, 4),
    ] {
      let w = Tensor.normal([n, k], std: 1, using: &random)
      w.precision = precision
      let (rate, share) = measured(Double(2 * m * k * n) / 1e9) {
        Recording.off { _ = linear(x, w) }
      }
      let name = "gemm_\(precision.rawValue)_\(m)x\(k)x\(n)"
      report.add(name + ".gflops", rate, "GFLOP/s", better: .higher)
      // A bfloat16 instruction does twice, an int8 instruction four times the work of an fp32 one.
      report.add(name + ".share_of_peak", share / factor * 100, "%", better: .higher)
    }
  }
  for (side, cin, cout) in [
    (64, 64, 64), (32, 128, 128), (16, 768, 768), (32, 512, 512), (64, 256, 256), (128, 256, 256),
    (256, 128, 128),
  ] {
    let x = Tensor.normal([1, side, side, cin], std: 1, using: &random)
    let w = Tensor.normal([cout, cin, 3, 3], std: 0.1, using: &random)
    // Counted as a direct convolution: Winograd needs fewer multiplications for the same result.
    let (rate, share) = measured(Double(side * side * cin * cout * 18) / 1e9) {
      Recording.off { _ = conv3x3(x, w) }
    }
    report.add("conv3x3_\(side)px_\(cin)to\(cout).gflops", rate, "GFLOP/s", better: .higher)
    report.add(
      "conv3x3_\(side)px_\(cin)to\(cout).share_of_peak", share * 100, "%", better: .higher)
  }
}

/// The shipped model in memory, on all cores: how long until the first preview and the picture.
private func measurePainting(_ report: Report) async throws {
  let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().path
  let catalog = ModelCatalog(
    roots: ["\(program)/easel_EaselMuse.resources/Models"], digest: { _ in "" })
  let engine = MuseEngine(catalog: catalog)
  guard let model = engine.description.models.first else { return }
  for size in model.sizes { try await measurePainting(report, engine, model.name, size) }
  if model.canUpscale { try measureUpscaling(report, catalog, model: model.name) }
}

private func measurePainting(
  _ report: Report, _ engine: MuseEngine, _ model: String, _ size: PixelSize
) async throws {
  let clock = ContinuousClock()
  var previews: [Double] = [], pictures: [Double] = []
  for seed in 0..<12 {
    let request = GenerationRequest(
      prompt: "a red fox in the snow", width: size.width, height: size.height, seed: UInt64(seed),
      engine: MuseEngine.name, model: model)
    let start = clock.now
    var isFirst = true
    for try await event in engine.generate(request) {
      let seconds = (clock.now - start) / .seconds(1)
      if case .preview = event, isFirst {
        isFirst = false
        previews.append(seconds)
      }
      if case .image = event { pictures.append(seconds) }
    }
  }
  // The first run reads the model.
  report.add(
    "paint_\(model)_\(size)_first_preview.ms", median(Array(previews.dropFirst())) * 1e3, "ms")
  report.add(
    "paint_\(model)_\(size)_12_steps.ms", median(Array(pictures.dropFirst())) * 1e3, "ms")
}
