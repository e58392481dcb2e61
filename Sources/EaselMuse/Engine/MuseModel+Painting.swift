package import EaselKit
import EaselTensor
import Glibc

extension MuseModel {
  package struct Painted {
    package var picture: Picture
    package var explanation: Explanation?
  }

  /// Paints pictures `indices` of the batch together. Each has the bytes that it would have alone.
  ///
  /// `check` throws to stop, and is asked before every layer. `step` hears of every finished step, of how
  /// many there are, with a guess of each picture when they were decoded: the first comes with the first
  /// step, later ones with at most every sixteenth part of the way, as long as they take only a fifth of
  /// the time.
  package func paint(
    _ request: GenerationRequest, indices: Range<Int>, check: () throws -> Void,
    step: (_ done: Int, _ of: Int, _ previews: [Picture]?) -> Void
  ) throws -> [Painted] {
    let scheduler = try MaskedScheduler(
      self.scheduler, steps: request.steps, temperature: card.temperature?.first ?? 2,
      lastTemperature: card.temperature?.last ?? 0, drawing: card.drawing?.first ?? 1,
      lastDrawing: card.drawing?.last ?? 1,
      revision: card.revision.map {
        .init(steps: $0.steps, tokens: $0.tokens, drawing: $0.drawing ?? 1)
      },
      masking: request.base?.mask == nil ? nil : .linear)
    let n = indices.count

    return try Recording.off {
      let ground = try ground(request, scheduler)
      let f = pictures.configuration.pixelsPerToken
      // All windows have the size of the first.
      let window = ground.windows[0]
      let prompt = try prompt(
        request, size: PixelSize(width: window.columns * f, height: window.rows * f), pictures: n)
      let recorder = request.explains ? AttentionRecorder(pictures: n) : nil
      var canvases = indices.map { index in
        CanvasOfTokens(
          ground, seed: request.seed &+ UInt64(index), scheduler,
          record: request.explains ? PaintingRecord(ground, words: prompt.words) : nil)
      }
      let began = monotonicSeconds()
      var previewing = 0.0
      let total = ground.windows.count * request.steps
      let first = ground.firstStep
      let previewEvery = max(1, total / 16)
      // A row of logits a cell; those of known cells stay as they are, nobody reads them.
      let codes = transformer.configuration.codebookSize
      let logits = Tensor([window.cells, codes])
      var performed = 0
      for (w, window) in ground.windows.enumerated() {
        for c in canvases.indices { canvases[c].enter(window) }
        for i in first..<request.steps {
          try check()
          let isRevising = i >= scheduler.steps
          if isRevising {
            for c in canvases.indices { canvases[c].forgetLeastCertain(scheduler) }
          }
          let unknown = canvases.map { $0.unknown }
          let fresh = try predict(
            canvases.map(\.tokens), unknown, window, prompt, request, recorder, check)
          let attention = recorder?.finishStep()
          var row = 0
          for c in canvases.indices {
            for cell in unknown[c] {
              (logits.pointer + Int(cell) * codes).update(
                from: fresh.pointer + row * codes, count: codes)
              row += 1
            }
            if let attention, let recorder {
              canvases[c].record?.add(
                attention[c], places: recorder.places, text: recorder.text, window: window)
            }
            canvases[c].step(i, logits.pointer, codes: codes, scheduler, injectedNoise?(i))
          }
          let done = w * request.steps + i + 1
          let now = monotonicSeconds(), soFar = Double(max(1, performed / previewEvery))
          // What is shown of small pictures costs nobody any patience.
          let isAffordable =
            performed == 0
            || previewing * (1 + 1 / soFar) <= max(0.3, 0.2 * (now - began))
          let shows =
            request.previews && done < total && performed % previewEvery == 0 && isAffordable
          performed += 1
          let previews = shows ? try decode(canvases.map(\.guess), ground, check) : nil
          previewing += monotonicSeconds() - now
          step(done, total, previews)
        }
        for c in canvases.indices { canvases[c].leave() }
      }
      try check()
      return zip(try decode(canvases.map(\.grid), ground, check), canvases).map {
        Painted(picture: $0, explanation: $1.record?.explanation)
      }
    }
  }

  /// Logits of the unknown cells of all pictures, one after the other [Σ unknown, codes].
  private func predict(
    _ tokens: [[Int32]], _ unknown: [[Int32]], _ window: GridRect, _ prompt: Prompt,
    _ request: GenerationRequest, _ recorder: AttentionRecorder?, _ check: () throws -> Void
  ) throws -> Tensor {
    let cells = Int32(window.cells)
    var ids = tokens.flatMap(\.self)
    var wanted = unknown.enumerated().flatMap { c, cell in cell.map { $0 + Int32(c) * cells } }
    let entries = Int32(prompt.shares.count), asked = Int32(ids.count)
    wanted = (0..<entries).flatMap { entry in wanted.map { $0 + entry * asked } }
    ids = (0..<entries).flatMap { _ in ids }
    let fresh = try transformer.forward(
      tokenIDs: ids, height: window.rows, prompt: prompt.prepared, wanted: wanted,
      recorder: recorder, check: check)
    let count = fresh.count / prompt.shares.count
    if prompt.isWeighted {
      add(fresh.pointer, count: count, prompt.shares)
    } else if prompt.shares.count == 2 {
      guide(fresh.pointer, count: count, Float(request.guidance))
    }
    return fresh
  }

  /// conditional ← unconditional + g (conditional − unconditional), in place of the first half
  /// (Ho & Salimans 2022, arXiv 2207.12598).
  private func guide(_ logits: UnsafeMutablePointer<Float>, count: Int, _ g: Float) {
    Parallel.rows(count, grain: 16_384) { range in
      for i in range { logits[i] = logits[count + i] + g * (logits[i] - logits[count + i]) }
    }
  }

  /// The sum over all entries, each with its share, in place of the first.
  private func add(_ logits: UnsafeMutablePointer<Float>, count: Int, _ shares: [Float]) {
    Parallel.rows(count, grain: 16_384) { range in
      for i in range {
        var sum: Float = 0
        for (entry, share) in shares.enumerated() { sum += share * logits[entry * count + i] }
        logits[i] = sum
      }
    }
  }

  private func decode(
    _ grids: [[Int32]], _ ground: Ground, _ check: () throws -> Void
  ) throws -> [Picture] {
    // Decoding wants its own memory; the painter's is read again from the system's copy of the file.
    if isPacked {
      TensorMemory.trim()
      release(transformer.parameters)
    }
    return try pictures.decode(
      ids: grids.flatMap(\.self), batch: grids.count, height: ground.rows, check: check
    )
    .pictures().map { ground.finish($0) }
  }
}
