import EaselKit
import EaselTensor

/// Takes down, while one picture is painted, what its `Explanation` says.
struct PaintingRecord {
  private let columns: Int
  private let rows: Int
  private let words: [WeightedCaption.Word]
  /// Attention of each step, [steps][words × cells]; 0 outside the part that was painted.
  private var steps: [[Float]] = []
  /// How often each cell was part of what was painted.
  private var visits: [Float]
  private var certainty: [UInt8]
  private var order: [UInt16]

  init(_ ground: Ground, words: [WeightedCaption.Word]) {
    (columns, rows, self.words) = (ground.columns, ground.rows, words)
    let cells = ground.columns * ground.rows
    visits = Array(repeating: 0, count: cells)
    certainty = Array(repeating: 255, count: cells)
    order = Array(repeating: 0, count: cells)
  }

  /// One step: `attention` [places × text] over `window`, where models that halve the grid have a place
  /// for every four cells.
  mutating func add(_ attention: [Float], places: Int, text: Int, window: GridRect) {
    let cells = columns * rows
    var step = [Float](repeating: 0, count: words.count * cells)
    let scale = places == window.cells ? 1 : 2
    let width = window.columns / scale
    for (i, cell) in window.places(in: columns).enumerated() {
      visits[cell] += 1
      let row = i / window.columns / scale, column = i % window.columns / scale
      let place = (row * width + column) * text
      for (w, word) in words.enumerated() {
        for token in word.tokens { step[w * cells + cell] += attention[place + token] }
      }
    }
    steps.append(step)
  }

  /// `cell` got its code in the newest step, with this probability.
  mutating func fix(_ cell: Int, probability: Float) {
    order[cell] = UInt16(clamping: steps.count)
    certainty[cell] = UInt8(max(0, min(255, (probability * 255).rounded())))
  }

  var explanation: Explanation {
    let cells = columns * rows
    let found = words.enumerated().map { w, word in
      let maps = steps.map { Array($0[w * cells..<(w + 1) * cells]) }
      var mean = [Float](repeating: 0, count: cells)
      for map in maps { for cell in 0..<cells { mean[cell] += map[cell] / max(1, visits[cell]) } }
      return Explanation.Word(
        text: word.text, map: .init(mean), steps: maps.map { Explanation.HeatMap($0) })
    }
    return Explanation(
      columns: columns, rows: rows, steps: steps.count, words: found, certainty: certainty,
      order: order)
  }
}
