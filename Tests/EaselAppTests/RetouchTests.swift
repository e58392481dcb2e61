import EaselApp
import EaselKit
import EaselScreen
import EaselTestSupport
import Testing

/// The engines of the other tests, whose small model paints other sizes too.
private let growing: [EngineDescription] = {
  var all = engines
  all[0].models[0].otherSizes = SizeRange(step: 8, mostSteps: 256)
  return all
}()

private func studioWithPictures(_ columns: Int = 100, _ rows: Int = 30) -> AppState {
  var state = studio(columns, rows, pictures: 30)
  _ = update(&state, .enginesLoaded(growing))
  press(&state, escape, letter("2"))
  return state
}

private func masking(_ columns: Int = 100, _ rows: Int = 30) -> AppState {
  var state = studioWithPictures(columns, rows)
  press(&state, enter, letter("m"))
  return state
}

private func frame(_ state: AppState) -> CellRect { render(state).pictures[0].frame }

private func mouse(
  _ state: inout AppState, _ kind: MouseEvent.Kind, _ column: Int, _ row: Int, button: Int = 0
) {
  let frame = frame(state)
  let at = CellPoint(column: frame.column + column, row: frame.row + row)
  _ = update(&state, .input(.mouse(MouseEvent(kind, button: button, at: at)), at: 0))
}

@Test func mOpensTheMaskEditorWithThePicturesOwnWords() throws {
  let state = masking()
  #expect(state.route == .retouch && state.tab == .gallery)
  let retouching = try #require(state.retouching)
  #expect(retouching.prompt.text == subjects[0] && retouching.mask.isEmpty)
  guard
    case .composed(.masked(let key, let mask, let brush), _)? = render(state).pictures.first?.key
  else {
    Issue.record("no picture under a mask: \(render(state).pictures)")
    return
  }
  #expect(key == .image(ImageID(30)) && mask.isEmpty)
  #expect(brush == MaskBrush(x: 0.5, y: 0.5, diameter: 10.0 / 64, erases: false))
}

@Test func spaceMasksWhatIsUnderTheBrushAndUndoTakesItBack() throws {
  var state = masking()
  press(&state, letter(" "))
  let first = try #require(state.retouching?.mask)
  // A disc of 10 pixels.
  #expect((70...90).contains(first.count) && first[32, 32] && !first[32, 26])
  press(&state, letter("L"), letter(" "))
  let second = try #require(state.retouching?.mask)
  #expect(second.count > first.count)
  press(&state, letter("u"))
  #expect(state.retouching?.mask == first)
  press(&state, letter("u"))
  #expect(state.retouching?.mask.isEmpty == true)
  press(&state, letter("u"))
  #expect(state.notice == Notice("nothing to undo", .warning))
  press(&state, letter("U"), letter("U"))
  #expect(state.retouching?.mask == second)
  // What is drawn after an undo ends what could be made again.
  press(&state, letter("u"), letter("e"), letter(" "), letter("U"))
  #expect(state.notice == Notice("nothing to make again", .warning))
}

@Test func erasingInvertingAndClearingCanAllBeUndone() throws {
  var state = masking()
  press(&state, letter("v"))
  #expect(state.retouching?.mask.share == 1)
  press(&state, letter("e"), letter(" "))
  let holed = try #require(state.retouching?.mask)
  #expect(holed.share < 1 && !holed[32, 32] && holed[0, 0])
  press(&state, letter("v"))
  #expect(state.retouching?.mask[32, 32] == true && state.retouching?.mask[0, 0] == false)
  press(&state, letter("c"))
  #expect(state.retouching?.mask.isEmpty == true)
  press(&state, letter("u"), letter("u"))
  #expect(state.retouching?.mask == holed)
}

@Test func theBrushMovesByCellsAndStaysOnThePicture() throws {
  var state = masking()
  let cells = frame(state)
  press(&state, letter("l"), letter("j"))
  var at = try #require(state.retouching?.at)
  #expect(abs(at.x - (0.5 + 1 / Double(cells.columns))) < 1e-9)
  #expect(abs(at.y - (0.5 + 1 / Double(cells.rows))) < 1e-9)
  for _ in 0..<60 { press(&state, letter("H"), letter("K")) }
  at = try #require(state.retouching?.at)
  #expect(at == RetouchState.Point(x: 0, y: 0))
  press(&state, letter(" "))
  #expect(state.retouching?.mask[0, 0] == true)
}

@Test func theBrushHasSizesFromOnePixelToThePicture() throws {
  var state = masking()
  for _ in 0..<40 { press(&state, letter("]")) }
  #expect(state.retouching?.brush ?? 0 >= 64)
  #expect(state.notice == Notice("this is the largest brush", .warning))
  for _ in 0..<40 { press(&state, letter("[")) }
  #expect(state.retouching?.brush == 1)
  press(&state, letter(" "))
  #expect(state.retouching?.mask.count == 1)
}

@Test func zoomedInTheBrushMovesFinerAndWhatIsSeenGoesAlong() throws {
  var state = masking()
  press(&state, letter("0"))
  #expect(state.notice == Notice("the whole picture is shown", .warning))
  for _ in 0..<5 { press(&state, letter("+")) }
  let slot = try #require(render(state).pictures.first)
  let part = try #require(slot.part)
  #expect(part.width < 24 && part.x < 32 && part.x + part.width > 32)
  #expect(shownLine(state, 28).contains("zoom 7.6×"))
  // One cell is a smaller part of the picture now.
  let from = try #require(state.retouching?.at)
  press(&state, letter("l"))
  let at = try #require(state.retouching?.at)
  let step = Double(part.width) / 64 / Double(slot.frame.columns)
  #expect(abs(at.x - from.x - step) < 0.004 && at.x > from.x)
  // To the border: the brush stays in sight, and the pixels there can be masked.
  for _ in 0..<60 { press(&state, letter("H"), letter("K")) }
  for _ in 0..<20 { press(&state, letter("[")) }
  press(&state, letter(" "))
  #expect(render(state).pictures.first?.part?.x == 0)
  #expect(state.retouching?.mask[0, 0] == true && state.retouching?.mask.count == 1)
  // What is seen moves alone, and takes the brush along.
  press(&state, KeyPress(.right, control: true), KeyPress(.down, alt: true))
  let moved = try #require(render(state).pictures.first?.part)
  #expect(moved.x > 0 && moved.y > 0 && state.retouching?.mask.count == 1)
  #expect(try #require(state.retouching?.at).x * 64 >= Double(moved.x) - 1)
  press(&state, letter("-"), letter("0"))
  #expect(render(state).pictures.first?.part == nil)
}

@Test func theWheelZoomsAtThePointerAndTheMiddleButtonMoves() throws {
  var state = masking()
  // Of the picture, in pixels: what lies under a cell.
  func seen(_ state: AppState, _ at: CellPoint) throws -> (x: Double, y: Double) {
    let slot = try #require(render(state).pictures.first)
    let part = slot.part ?? PixelRect(x: 0, y: 0, width: 64, height: 64)
    let x = (Double(at.column - slot.frame.column) + 0.5) / Double(slot.frame.columns)
    let y = (Double(at.row - slot.frame.row) + 0.5) / Double(slot.frame.rows)
    return (Double(part.x) + x * Double(part.width), Double(part.y) + y * Double(part.height))
  }
  // Once the picture is as wide as the screen, the pixel under the pointer stays there.
  press(&state, letter("+"), letter("+"))
  let cells = frame(state)
  let pointer = CellPoint(column: cells.column + cells.columns * 5 / 8, row: cells.row + 10)
  let before = try seen(state, pointer)
  for _ in 0..<3 {
    _ = update(&state, .input(.mouse(MouseEvent(.wheelUp, at: pointer)), at: 0))
  }
  let after = try seen(state, pointer)
  #expect(abs(after.x - before.x) < 1.5 && abs(after.y - before.y) < 1.5)
  let part = try #require(render(state).pictures.first?.part)
  mouse(&state, .press, 20, 8, button: 1)
  mouse(&state, .drag, 30, 10, button: 1)
  mouse(&state, .release, 30, 10, button: 1)
  let moved = try #require(render(state).pictures.first?.part)
  #expect(moved.x < part.x && moved.y < part.y && state.retouching?.mask.isEmpty == true)
  // The left button masks the pixels that are under it.
  let here = try seen(
    state, CellPoint(column: frame(state).column + 3, row: frame(state).row + 3))
  for _ in 0..<20 { press(&state, letter("[")) }
  mouse(&state, .press, 3, 3)
  mouse(&state, .release, 3, 3)
  let mask = try #require(state.retouching?.mask)
  #expect(mask.count == 1)
  #expect(mask[Int(here.x), Int(here.y)])
  for _ in 0..<9 { mouse(&state, .wheelDown, 3, 3) }
  #expect(state.retouching?.lens == Lens() || state.retouching?.lens.zoom == 0)
}

@Test func newWordsTakeThePlaceOfThePicturesOwnAndUndoBringsThoseBack() throws {
  var state = masking()
  let own = try #require(state.retouching?.prompt.text)
  press(&state, tab)
  #expect(state.retouching?.prompt.isSelected == true)
  #expect(shownLine(state, 28).contains("typing replaces the picture's words"))
  type(&state, "a hat")
  #expect(state.retouching?.prompt.text == "a hat")
  // Elsewhere and back: what was typed is gone on with.
  press(&state, tab, tab)
  type(&state, "s")
  #expect(state.retouching?.prompt.text == "a hats")
  press(&state, control("_"), control("_"), control("_"))
  #expect(state.retouching?.prompt.text == own)
}

@Test func aStepOfTheCursorKeepsThePicturesWords() throws {
  var state = masking()
  let own = try #require(state.retouching?.prompt.text)
  press(&state, tab, KeyPress(.right))
  type(&state, ", red")
  #expect(state.retouching?.prompt.text == own + ", red")
  var other = masking()
  press(&other, tab, KeyPress(.left))
  type(&other, "x")
  #expect(other.retouching?.prompt.text == "x" + own)
  var third = masking()
  press(&third, tab, control("u"))
  #expect(third.retouching?.prompt.isEmpty == true)
  press(&third, control("y"))
  #expect(third.retouching?.prompt.text == own)
}

@Test func withThePenDownMovingDraws() throws {
  var state = masking()
  press(&state, letter("d"), letter("L"))
  let mask = try #require(state.retouching?.mask)
  let at = try #require(state.retouching?.at)
  // Everything between where it was and where it is.
  for x in 32...Int(at.x * 64) { #expect(mask[x, 32]) }
  press(&state, letter("d"), letter("J"))
  #expect(state.retouching?.mask == mask)
}

@Test func aDragOfTheMouseIsOneStroke() throws {
  var state = masking()
  mouse(&state, .press, 2, 2)
  mouse(&state, .drag, 20, 2)
  mouse(&state, .drag, 20, 8)
  mouse(&state, .release, 20, 8)
  let drawn = try #require(state.retouching?.mask)
  #expect(drawn.count > 100)
  // Moving on without a button draws nothing.
  mouse(&state, .drag, 2, 12)
  #expect(state.retouching?.mask == drawn)
  // The right button erases.
  mouse(&state, .press, 10, 2, button: 2)
  mouse(&state, .release, 10, 2, button: 2)
  #expect(state.retouching?.mask.count ?? 0 < drawn.count)
  #expect(state.retouching?.erases == false)
  press(&state, letter("u"), letter("u"))
  #expect(state.retouching?.mask.isEmpty == true)
}

@Test func enterStartsOnlyWhatHasAMaskAndWords() {
  var state = masking()
  press(&state, enter)
  #expect(
    state.notice
      == Notice(
        "nothing is masked yet: Space or the mouse paints what is to change", .warning))
  press(&state, letter(" "), tab, control("u"), enter)
  #expect(
    state.notice == Notice("say what to paint there first: Tab leads to the words", .warning))
}

@Test func aMaskedPictureIsQueuedAsInpaintingWithTheFormsSettings() throws {
  var state = masking()
  state.compose.form.count = 3
  state.compose.form.seed = 99
  press(&state, letter(" "), tab, KeyPress(.end))
  type(&state, " with a hat")
  let mask = try #require(state.retouching?.mask)
  let effects = press(&state, enter)
  guard case .retouch(let key, .mask(let sent), var request)? = effects.first else {
    Issue.record("no retouch: \(effects)")
    return
  }
  #expect(key == .image(ImageID(30)) && sent == mask)
  #expect(request.prompt == subjects[0] + " with a hat")
  #expect(request.width == 64 && request.height == 64 && request.count == 3 && request.seed == 99)
  #expect(request.engine == "built-in" && request.model == "scenes")
  request.base = BasePicture(grey, digest: "b", mask: grey, maskDigest: "m", strength: 1)
  request.base?.picture = nil
  request.base?.mask = nil
  let started = update(&state, .retouchReady(request))
  let id = try #require(state.jobs.last?.id)
  #expect(started.contains(.run(id, request)))
  #expect(state.route == .compose && state.compose.focus == .canvas)
  #expect(state.notice == Notice("painting the masked part anew"))
  // The mask is there again for another try.
  press(&state, letter("2"), letter("m"))
  #expect(state.retouching?.mask == mask && state.retouching?.isTyping == false)
  // On another picture it is not.
  press(&state, escape, letter("l"), letter("m"))
  #expect(state.retouching?.mask.isEmpty == true)
}

@Test func lettersInTheWordsAreNoCommands() {
  var state = masking()
  press(&state, tab, KeyPress(.end))
  type(&state, " eve")
  #expect(state.retouching?.prompt.text == subjects[0] + " eve")
  #expect(state.retouching?.erases == false)
  press(&state, escape)
  #expect(state.route == .retouch && state.retouching?.isTyping == false)
  press(&state, escape)
  #expect(state.route == .viewer)
}

@Test func arrowsGrowASideAndUndoTakesItBack() throws {
  var state = studioWithPictures()
  press(&state, letter("o"), KeyPress(.right), letter("l"), letter("k"))
  #expect(state.retouching?.margins == Margins(top: 8, right: 16))
  guard case .composed(.grown(let key, let margins), _)? = render(state).pictures.first?.key else {
    Issue.record("no grown picture: \(render(state).pictures)")
    return
  }
  #expect(key == .image(ImageID(30)) && margins == Margins(top: 8, right: 16))
  // The side that grew last.
  press(&state, letter("-"), letter("L"))
  #expect(state.retouching?.margins == Margins(right: 8))
  press(&state, letter("H"))
  #expect(state.notice == Notice("this side does not grow", .warning))
  press(&state, letter("u"), letter("u"))
  #expect(state.retouching?.margins == Margins(top: 8, right: 16))
  press(&state, letter("a"), letter("0"))
  #expect(state.retouching?.margins == Margins())
  press(&state, enter)
  #expect(state.notice == Notice("no side grows yet: the arrows say which", .warning))
  press(&state, letter("j"))
  guard case .retouch(_, .grow(let down), let request)? = press(&state, enter).first else {
    Issue.record("nothing grows")
    return
  }
  #expect(down == Margins(bottom: 8) && request.width == 64 && request.height == 72)
}

@Test func aPictureGrowsNoFurtherThanTheModelPaints() {
  var state = studioWithPictures()
  // 256 squares of 8 pixels: 128 × 128.
  press(&state, letter("o"))
  for _ in 0..<6 { press(&state, letter("a")) }
  #expect(state.retouching?.margins == Margins(left: 32, top: 32, right: 32, bottom: 32))
  #expect(
    state.notice == Notice("144x144 would be too large for the model 'scenes'", .warning))
}

@Test func aModelThatCannotGrowSaysSo() {
  var state = studio(pictures: 3)
  press(&state, escape, letter("2"), letter("o"), letter("l"))
  #expect(state.notice == Notice("the model 'scenes' cannot grow pictures", .warning))
}

@Test func aClickBesideThePictureGrowsThatSide() {
  var state = studioWithPictures()
  press(&state, letter("o"))
  let cells = frame(state)
  mouse(&state, .press, -2, cells.rows / 2)
  #expect(state.retouching?.margins == Margins(left: 8))
  mouse(&state, .press, frame(state).columns + 1, cells.rows / 2)
  #expect(state.retouching?.margins == Margins(left: 8, right: 8))
  mouse(&state, .press, frame(state).columns / 2, cells.rows / 2)
  #expect(state.retouching?.margins == Margins(left: 8, right: 8))
}

@Test func aPictureOfAnotherSizeIsPaintedInWholeSteps() throws {
  var state = studioWithPictures()
  state.gallery.items[0].width = 70
  state.gallery.items[0].height = 100
  press(&state, letter("m"), letter(" "))
  guard case .retouch(_, _, let request)? = press(&state, enter).first else {
    Issue.record("nothing is painted")
    return
  }
  #expect(request.width == 64 && request.height == 96)
}

@Test(arguments: sizes)
func maskAndGrowth(size: CellSize) {
  var state = masking(size.columns, size.rows)
  press(&state, letter(" "), letter("e"))
  expectSnapshot(render(state), name("mask", size))
  press(&state, letter("o"), letter("l"), letter("l"), letter("j"), tab)
  expectSnapshot(render(state), name("grow", size))
}

// MARK: Slideshow, path, outside

@Test func slidesTurnAfterTheirTimeAndAnyKeyStopsThem() {
  var state = studioWithPictures()
  press(&state, letter("G"), letter("h"), enter)
  #expect(press(&state, letter("S")) == [.turnSlide(after: 3, 1)])
  #expect(state.gallery.selected == 28)
  #expect(update(&state, .slideDue(1)) == [.turnSlide(after: 3, 2)])
  #expect(state.gallery.selected == 29)
  // A time that was set before is over without effect.
  #expect(update(&state, .slideDue(1)) == [])
  #expect(press(&state, letter("+")) == [.turnSlide(after: 5, 3)])
  #expect(
    press(&state, letter("-"), letter("-")) == [.turnSlide(after: 3, 4), .turnSlide(after: 2, 5)])
  // After the last comes the first.
  _ = update(&state, .slideDue(5))
  #expect(state.gallery.selected == 0)
  press(&state, letter("x"))
  #expect(state.viewer.slides == nil && state.route == .viewer && state.viewer.heat == nil)
  #expect(update(&state, .slideDue(6)) == [])
  press(&state, letter("S"), escape)
  #expect(state.viewer.slides == nil && state.route == .viewer)
}

@Test func thePathAndTheFileOutsideAreThoseOfThePictureShown() {
  var state = studioWithPictures()
  press(&state, enter, letter("l"))
  #expect(press(&state, letter("Y")) == [.copyPath(ImageID(29))])
  #expect(press(&state, letter("O")) == [.openOutside(ImageID(29))])
}
