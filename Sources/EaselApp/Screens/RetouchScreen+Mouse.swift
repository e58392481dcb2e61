internal import EaselKit
internal import EaselScreen

/// The mask editor and a picture that grows, with the mouse.
extension AppState {
  /// The wheel: closer to what is under the pointer, which stays there, or away from it.
  mutating func zoomRetouched(_ step: Int, at: CellPoint) -> [Effect] {
    guard var state = retouching, state.kind == .mask else { return [] }
    if let problem = step > 0 ? state.lens.closerProblem : state.lens.widerProblem {
      notice = Notice(problem, .warning)
      return []
    }
    notice = nil
    let layout = retouchLayout
    let under = point(at, layout)
    state.lens.zoom += step
    let sight = state.lens.sight(state.size, in: layout.picture, cell)
    if let under {
      let frame = sight.frame
      let x = (Double(at.column - frame.column) + 0.5) / Double(frame.columns) - 0.5
      let y = (Double(at.row - frame.row) + 0.5) / Double(frame.rows) - 0.5
      (state.lens.centerX, state.lens.centerY) = (
        under.x - x * sight.shareX, under.y - y * sight.shareY
      )
    }
    state.lens.pan(0, 0, sight)
    bringBrush(&state, sight)
    state.revision += 1
    retouching = state
    return []
  }

  /// Where a cell's middle lies on the picture; nil outside.
  private func point(_ at: CellPoint, _ layout: RetouchLayout) -> RetouchState.Point? {
    let frame = layout.frame
    guard frame.contains(at), !frame.isEmpty, let size = retouching?.size else { return nil }
    let x = (Double(at.column - frame.column) + 0.5) / Double(frame.columns)
    let y = (Double(at.row - frame.row) + 0.5) / Double(frame.rows)
    guard let part = layout.part else { return RetouchState.Point(x: x, y: y) }
    return RetouchState.Point(
      x: (Double(part.x) + x * Double(part.width)) / Double(size.width),
      y: (Double(part.y) + y * Double(part.height)) / Double(size.height))
  }

  /// The left button paints, the right one erases, from press to release; one stroke is one step of undo. The
  /// middle one moves what is seen of a picture that is looked at closely.
  /// Around a picture that grows, a click lets that side grow. False for what lies elsewhere.
  mutating func takeRetouching(_ mouse: MouseEvent) -> Bool {
    guard var state = retouching else { return false }
    let layout = retouchLayout
    defer { retouching = state }
    switch mouse.kind {
    case .press where mouse.button == 0 && layout.prompt.contains(mouse.at):
      state.beginTyping()
      return true
    case .press where state.kind == .mask && mouse.button == 1:
      state.grip = layout.frame.contains(mouse.at) && state.lens.zoom > 0 ? mouse.at : nil
      return true
    case .drag where state.grip != nil:
      guard let grip = state.grip else { return true }
      let sight = layout.sight
      let columns = Double(grip.column - mouse.at.column) / Double(max(1, layout.frame.columns))
      let rows = Double(grip.row - mouse.at.row) / Double(max(1, layout.frame.rows))
      state.lens.move(columns * sight.shareX, rows * sight.shareY, sight)
      bringBrush(&state, sight)
      state.grip = mouse.at
    case .press where state.kind == .mask && mouse.button != 1:
      guard let point = point(mouse.at, layout) else { return false }
      notice = nil
      state.isTyping = false
      state.remember()
      state.dragErases = mouse.button == 2
      state.stroke(from: point, to: point, erasing: state.erases || state.dragErases)
      (state.at, state.drag) = (point, point)
    case .drag:
      guard let from = state.drag, let point = point(mouse.at, layout) else {
        return true
      }
      state.stroke(from: from, to: point, erasing: state.erases || state.dragErases)
      (state.at, state.drag) = (point, point)
    case .release:
      (state.drag, state.grip) = (nil, nil)
      return true
    case .press where state.kind == .grow && mouse.button == 0:
      guard layout.picture.contains(mouse.at), let side = side(at: mouse.at, layout) else {
        return false
      }
      state.isTyping = false
      if let problem = growthProblem([side]) {
        notice = Notice(problem, .warning)
        return true
      }
      notice = nil
      grow(&state, [side], 1)
    default: return false
    }
    state.revision += 1
    return true
  }

  /// The side of the picture that a cell beside it belongs to; nil on the picture.
  private func side(at: CellPoint, _ layout: RetouchLayout) -> RetouchState.Side? {
    guard let state = retouching else { return nil }
    let m = state.margins, frame = layout.frame
    let wide = Double(state.size.width + m.left + m.right)
    let high = Double(state.size.height + m.top + m.bottom)
    // Cells from the picture itself, in shares of what is shown, so that columns and rows compare.
    let x = (Double(at.column - frame.column) + 0.5) / Double(max(1, frame.columns)) * wide
    let y = (Double(at.row - frame.row) + 0.5) / Double(max(1, frame.rows)) * high
    let away: [(RetouchState.Side, Double)] = [
      (.left, Double(m.left) - x), (.right, x - Double(m.left + state.size.width)),
      (.top, Double(m.top) - y), (.bottom, y - Double(m.top + state.size.height)),
    ]
    guard let far = away.max(by: { $0.1 < $1.1 }), far.1 > 0 else { return nil }
    return far.0
  }
}
