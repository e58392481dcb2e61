import EaselApp
import EaselKit
import EaselScreen
import EaselTestSupport
import Testing

/// The canvas in a terminal so much wider than high that a square picture fills its height.
private func pictureOnTheCanvas(_ columns: Int = 120, _ rows: Int = 30) -> (AppState, Screen) {
  var state = studio(columns, rows, prompt: "a red fox")
  press(&state, enter)
  let id = state.jobs[0].id
  _ = update(&state, .engine(id, .started))
  _ = update(&state, .engine(id, painted(0, seed: 3)))
  _ = update(&state, .stored(id, index: 0, item(1)))
  _ = update(&state, .ended(id))
  return (state, render(state))
}

private func glyph(_ screen: Screen, _ column: Int, _ row: Int) -> String {
  if case .glyph(let character, _) = screen[column, row].content { String(character) } else { "" }
}

@Test func thePicturesEdgeMeetsTheCanvasFrameWhereThePictureReachesIt() throws {
  let (_, screen) = pictureOnTheCanvas()
  let frame = try #require(screen.pictures.first?.frame)
  let left = frame.column - 1, right = frame.endColumn
  let corners = [
    (left, frame.row - 1), (right, frame.row - 1), (left, frame.endRow), (right, frame.endRow),
  ]
  #expect(corners.map { glyph(screen, $0.0, $0.1) } == ["┬", "┬", "┴", "┴"])
  for (column, row) in corners {
    #expect(screen[column, row].style == screen[column + 1, row].style)
  }
  // Beside the picture there is more canvas, and its lines go all the way down.
  #expect((frame.row..<frame.endRow).allSatisfy { glyph(screen, left, $0) == "│" })
  #expect(glyph(screen, left - 1, frame.row) == " ")
}

@Test func aNoteInTheFrameIsNotCutByTheEdge() throws {
  // Here the picture's right edge is below the number of the picture.
  for columns in 100...130 {
    let (_, screen) = pictureOnTheCanvas(columns, 32)
    let line = screen.plainText.split(separator: "\n", omittingEmptySubsequences: false)
      .first { $0.contains("#1") && $0.contains("╯") }
    #expect(line?.contains(" #1 ") == true, "\(columns)")
  }
}

@Test func aTableStandsInTheMiddleOfTheCanvas() throws {
  var state = studio(120, 36, prompt: "a red fox")
  for _ in 0..<5 { press(&state, tab) }
  while state.compose.focus != .field(.steps) { press(&state, tab) }
  type(&state, "4,8")
  press(&state, enter, enter)
  for job in state.jobs {
    _ = update(&state, .engine(job.id, .started))
    _ = update(&state, .engine(job.id, painted(0, seed: 3)))
  }
  let screen = render(state)
  let frames = screen.pictures.map(\.frame)
  try #require(frames.count == 2)
  let line = screen.plainText.split(separator: "\n", omittingEmptySubsequences: false)
  let top = try #require(line.firstIndex { $0.contains("steps →") })
  let bottom = try #require(line.lastIndex { $0.contains("╰") })
  let above = frames[0].row - 1 - top, below = bottom - frames[0].endRow
  #expect(abs(above - below) <= 2, "\(above) rows above, \(below) below")
  #expect(frames[0].row == frames[1].row)
}

@Test func aValueThatDoesNotFitBetweenItsArrowsIsStillReadWhole() {
  var state = studio(100, 30)
  state.compose.form.size = PixelSize(width: 64, height: 64)
  while state.compose.focus != .field(.size) { press(&state, tab) }
  #expect(render(state).plainText.contains("Size      64 × 64 "))
  state.compose.form.size = PixelSize(width: 256, height: 256)
  #expect(render(state).plainText.contains("Size      256×256 "))
  press(&state, tab)
  #expect(render(state).plainText.contains("Size      256×256 "))
  state.terminal = TerminalSize(cells: CellSize(columns: 160, rows: 40))
  #expect(render(state).plainText.contains("Size      256 × 256 "))
}
