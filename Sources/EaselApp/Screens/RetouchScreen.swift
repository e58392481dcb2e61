internal import EaselKit
internal import EaselScreen

/// The mask editor and the frame of a picture that grows: what their commands do.
/// `RetouchScreen+Drawing` draws them, `RetouchRequest` starts the painting.
extension AppState {
  func blocked(_ command: RetouchCommand) -> String? {
    guard let retouching else { return "" }
    switch command {
    case .paint:
      do {
        _ = try retouchRequest()
        return nil
      } catch { return error.what }
    case .close, .write, .leaveTyping, .left, .right, .up, .down, .farLeft, .farRight, .farUp,
      .farDown, .stamp, .pen, .erase, .invert, .toGrow, .toMask:
      return nil
    // At the ends these still happen and say so: elsewhere the same keys turn the tabs.
    case .bigger, .smaller: return nil
    case .zoomIn: return retouching.lens.closerProblem
    case .zoomOut, .fit: return retouching.lens.widerProblem
    case .panLeft, .panRight, .panUp, .panDown: return retouching.lens.widerProblem
    case .undo: return retouching.before.isEmpty ? "nothing to undo" : nil
    case .redo: return retouching.after.isEmpty ? "nothing to make again" : nil
    case .clear:
      switch retouching.kind {
      case .mask: return retouching.mask.isEmpty ? "nothing is masked" : nil
      case .grow: return retouching.margins.isEmpty ? "no side grows" : nil
      }
    case .growLeft: return growthProblem([.left])
    case .growRight: return growthProblem([.right])
    case .growUp: return growthProblem([.top])
    case .growDown: return growthProblem([.bottom])
    case .growAll: return growthProblem(RetouchState.Side.allCases)
    case .more: return growthProblem([retouching.side])
    case .shrinkLeft: return shrinkProblem(.left)
    case .shrinkRight: return shrinkProblem(.right)
    case .shrinkUp: return shrinkProblem(.top)
    case .shrinkDown: return shrinkProblem(.bottom)
    case .less: return shrinkProblem(retouching.side)
    }
  }

  func growthProblem(_ sides: [RetouchState.Side]) -> String? {
    guard var grown = retouching else { return "" }
    guard
      let model = engines.first(where: { $0.name == compose.form.engine })?.models
        .first(where: { $0.name == compose.form.model })
    else {
      return engines.isEmpty ? "the models are still being read; in a moment" : paintingProblem
    }
    guard var size = try? Self.paintable(grown.size, model), let sizes = model.range(around: size)
    else {
      return "the model '\(model.name)' cannot grow pictures"
    }
    for side in sides { grown[side] += sizes.step }
    size.width += grown.margins.left + grown.margins.right
    size.height += grown.margins.top + grown.margins.bottom
    return sizes.contains(size) ? nil : "\(size) would be too large for the model '\(model.name)'"
  }

  private func shrinkProblem(_ side: RetouchState.Side) -> String? {
    guard let retouching, retouching[side] > 0 else { return "this side does not grow" }
    return nil
  }

  mutating func perform(_ command: RetouchCommand) -> [Effect] {
    guard var state = retouching else { return [] }
    let layout = retouchLayout
    switch command {
    case .close:
      state.penIsDown = false
      retouching = state
      return go(to: state.home)
    case .paint: return startRetouch()
    case .write: state.beginTyping()
    case .leaveTyping: state.isTyping = false
    case .toGrow: state.kind = .grow
    case .toMask: state.kind = .mask
    case .undo: state.undo()
    case .redo: state.redo()
    case .clear:
      state.remember()
      switch state.kind {
      case .mask: state.mask = PictureMask(for: state.size)
      case .grow: state.margins = Margins()
      }

    case .left: move(&state, -1, 0, layout)
    case .right: move(&state, 1, 0, layout)
    case .up: move(&state, 0, -1, layout)
    case .down: move(&state, 0, 1, layout)
    case .farLeft: move(&state, -8, 0, layout)
    case .farRight: move(&state, 8, 0, layout)
    case .farUp: move(&state, 0, -4, layout)
    case .farDown: move(&state, 0, 4, layout)
    case .stamp:
      state.remember()
      state.stroke(from: state.at, to: state.at, erasing: state.erases)
    case .pen:
      state.penIsDown.toggle()
      if state.penIsDown {
        state.remember()
        state.stroke(from: state.at, to: state.at, erasing: state.erases)
      }
    case .erase: state.erases.toggle()
    case .invert:
      state.remember()
      state.mask.invert()
    case .bigger, .smaller:
      let all = RetouchState.brushes(min(state.size.width, state.size.height))
      let next =
        command == .bigger ? all.first { $0 > state.brush } : all.last { $0 < state.brush }
      if let next {
        state.brush = next
      } else {
        let end = command == .bigger ? "largest" : "smallest"
        notice = Notice("this is the \(end) brush", .warning)
      }

    case .zoomIn: zoom(&state, 1)
    case .zoomOut: zoom(&state, -1)
    case .fit: state.lens = Lens()
    case .panLeft: pan(&state, -1, 0, layout)
    case .panRight: pan(&state, 1, 0, layout)
    case .panUp: pan(&state, 0, -1, layout)
    case .panDown: pan(&state, 0, 1, layout)

    case .growLeft: grow(&state, [.left], 1)
    case .growRight: grow(&state, [.right], 1)
    case .growUp: grow(&state, [.top], 1)
    case .growDown: grow(&state, [.bottom], 1)
    case .growAll: grow(&state, RetouchState.Side.allCases, 1)
    case .more: grow(&state, [state.side], 1)
    case .shrinkLeft: grow(&state, [.left], -1)
    case .shrinkRight: grow(&state, [.right], -1)
    case .shrinkUp: grow(&state, [.top], -1)
    case .shrinkDown: grow(&state, [.bottom], -1)
    case .less: grow(&state, [state.side], -1)
    }
    state.revision += 1
    retouching = state
    return []
  }

  /// By cells of the terminal, since they are what one sees; kept on the picture, and in sight.
  private func move(
    _ state: inout RetouchState, _ dx: Int, _ dy: Int, _ layout: RetouchLayout
  ) {
    let from = state.at, sight = layout.sight
    state.at = RetouchState.Point(
      x: clamp(from.x + Double(dx) * sight.shareX / Double(max(1, layout.frame.columns)), 0...1),
      y: clamp(from.y + Double(dy) * sight.shareY / Double(max(1, layout.frame.rows)), 0...1))
    state.lens.reveal(state.at.x, state.at.y, sight)
    guard state.penIsDown else { return }
    state.remember()
    state.stroke(from: from, to: state.at, erasing: state.erases)
  }

  // MARK: Zoom

  /// Closer to the brush, or away from it.
  private func zoom(_ state: inout RetouchState, _ step: Int) {
    state.lens.zoom += step
    let sight = state.lens.sight(state.size, in: retouchLayout.picture, cell)
    (state.lens.centerX, state.lens.centerY) = (state.at.x, state.at.y)
    state.lens.pan(0, 0, sight)
  }

  /// Moves what is seen; a brush that would be left behind comes along.
  private func pan(_ state: inout RetouchState, _ dx: Int, _ dy: Int, _ layout: RetouchLayout) {
    state.lens.pan(dx, dy, layout.sight)
    bringBrush(&state, layout.sight)
  }

  func bringBrush(_ state: inout RetouchState, _ sight: Lens.Sight) {
    func near(_ place: Double, _ center: Double, _ share: Double) -> Double {
      clamp(place, (center - share / 2)...(center + share / 2))
    }
    state.at = RetouchState.Point(
      x: near(state.at.x, state.lens.centerX, sight.shareX),
      y: near(state.at.y, state.lens.centerY, sight.shareY))
  }

  func grow(_ state: inout RetouchState, _ sides: [RetouchState.Side], _ steps: Int) {
    let step = growthStep ?? 8
    state.remember()
    for side in sides { state[side] = max(0, state[side] + steps * step) }
    if sides.count == 1 { state.side = sides[0] }
  }
}
