import EaselKit
import EaselMuse
import EaselTensor
import Foundation

/// GFLOP/s of the kernels against the processor's measured peak, and a painting of the shipped model. Best of several runs; one core unless the name says otherwise.
func measureEngine(_ report: Report) async throws {
  measureKernels(report)
  try await measurePainting(report)
}

private func measureKernels(_ report: Report) {
  let clock = ContinuousClock()
  func seconds(_ runs: Int = 9, _ body: () -> Void) -> Double {
    body()
    var best = Double.infinity
    for _ in 0..<runs { best = min(best, clock.measure(body) / .seconds(1)) }
    return best
  }
  let threads = Parallel.threads
  defer { Parallel.threads = threads }
  Parallel.threads = 1

  var operations = 0.0
  let time = seconds { operations = Kernels.runPeak(rounds: 4_000_000) }
  let peak = operations / time / 1e9
  report.add("peak_\(Kernels.path)_core.gflops", peak, "GFLOP/s", better: .higher)

  var random = SplitMix64(seed: 1)
  for (m, k, n) in [(256, 768, 768), (512, 1024, 1024), (128, 192, 192), (64, 192, 1024)] {
    let x = Tensor.normal([m, k], std: 1, using: &random)
    let w = Tensor.normal([n, k], std: 1, using: &random)
    let t = seconds { Recording.off { _ = linear(x, w) } }
    let rate = Double(2 * m * k * n) / t / 1e9
    report.add("gemm_\(m)x\(k)x\(n).gflops", rate, "GFLOP/s", better: .higher)
    report.add("gemm_\(m)x\(k)x\(n).share_of_peak", rate / peak * 100, "%", better: .higher)
    let half = seconds { ProductPrecision.bfloat16.use { Recording.off { _ = linear(x, w) } } }
    report.add(
      "gemm_bf16_\(m)x\(k)x\(n).gflops", Double(2 * m * k * n) / half / 1e9, "GFLOP/s",
      better: .higher)
  }
  for (side, cin, cout) in [(64, 64, 64), (32, 128, 128), (16, 128, 128), (64, 256, 256)] {
    let x = Tensor.normal([1, side, side, cin], std: 1, using: &random)
    let w = Tensor.normal([cout, cin, 3, 3], std: 0.1, using: &random)
    let t = seconds { Recording.off { _ = conv3x3(x, w) } }
    // Counted as a direct convolution: Winograd needs fewer multiplications for the same result.
    let rate = Double(side * side * cin * cout * 18) / t / 1e9
    report.add("conv3x3_\(side)px_\(cin)to\(cout).gflops", rate, "GFLOP/s", better: .higher)
    report.add(
      "conv3x3_\(side)px_\(cin)to\(cout).share_of_peak", rate / peak * 100, "%", better: .higher)
  }
}

/// The shipped model in memory, on all cores: how long until the first preview and the picture.
private func measurePainting(_ report: Report) async throws {
  let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().path
  let catalog = ModelCatalog(
    roots: ["\(program)/easel_EaselMuse.resources/Models"], digest: { _ in "" })
  let engine = MuseEngine(catalog: catalog)
  guard let model = engine.description.models.first, let size = model.sizes.first else { return }
  let clock = ContinuousClock()
  var previews: [Double] = [], pictures: [Double] = []
  for seed in 0..<12 {
    let request = GenerationRequest(
      prompt: "a red fox in the snow", width: size.width, height: size.height, seed: UInt64(seed),
      engine: MuseEngine.name, model: model.name)
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
    "paint_\(model.name)_first_preview.ms", median(Array(previews.dropFirst())) * 1e3, "ms")
  report.add("paint_\(model.name)_12_steps.ms", median(Array(pictures.dropFirst())) * 1e3, "ms")
  if model.canUpscale { try measureUpscaling(report, catalog, model: model.name) }
}
