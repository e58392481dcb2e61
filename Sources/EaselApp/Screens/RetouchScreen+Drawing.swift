internal import EaselKit
internal import EaselScreen

struct RetouchLayout: Hashable {
  /// Where the picture may be, and the cells that it fills.
  var picture: CellRect
  var frame: CellRect
  /// How much of the picture is seen there, and which of its pixels; nil for all of them.
  var sight: Lens.Sight
  var part: PixelRect?
  var label: CellRect
  var prompt: CellRect
  var status: CellRect
}

extension AppState {
  var retouchLayout: RetouchLayout {
    let (above, status) = body.splitBottom(1)
    let (picture, words) = above.splitBottom(1)
    let (label, prompt) = words.narrowed(1).splitLeft(14)
    var shown = PixelSize(width: 1, height: 1)
    if let state = retouching {
      shown = state.size
      if state.kind == .grow {
        shown.width += state.margins.left + state.margins.right
        shown.height += state.margins.top + state.margins.bottom
      }
    }
    // A picture that grows is seen whole.
    let lens = retouching?.kind == .mask ? retouching?.lens ?? Lens() : Lens()
    let sight = lens.sight(shown, in: picture, cell)
    return RetouchLayout(
      picture: picture, frame: sight.frame, sight: sight, part: lens.part(of: shown, sight),
      label: label, prompt: prompt, status: status.narrowed(1))
  }

  func drawRetouch(_ screen: inout Screen) {
    guard let state = retouching else { return }
    let layout = retouchLayout
    screen.fill(layout.picture, style: Style(.canvas))
    let composition: PictureComposition
    switch state.kind {
    case .mask:
      let brush = MaskBrush(
        x: state.at.x, y: state.at.y, diameter: Double(state.brush) / Double(state.size.width),
        erases: state.erases || state.drag != nil && state.dragErases)
      composition = .masked(state.key, state.mask, brush: brush)
    case .grow: composition = .grown(state.key, state.margins)
    }
    screen.place(
      .composed(composition, revision: state.revision), in: layout.frame, part: layout.part)

    let isTyping = state.isTyping && overlay == nil
    screen.write(
      state.kind == .mask ? "Paint there" : "Paint around", in: layout.label,
      Style(isTyping ? .accent : .label))
    screen.edit(
      state.prompt, in: layout.prompt, focused: isTyping, placeholder: "what the picture shall show"
    )
    drawRetouchStatus(layout.status, state, &screen)
  }

  private func drawRetouchStatus(
    _ rect: CellRect, _ state: RetouchState, _ screen: inout Screen
  ) {
    if let notice { return void(screen.write(notice.text, in: rect, notice.style)) }
    if state.isTyping, state.prompt.isSelected {
      let words = "typing replaces the picture's words; ← → keep them, ^_ brings them back"
      return void(screen.write(words, in: rect, Style(.notice)))
    }
    var pieces: [(String, Style)] = [("\(state.name)  ", Style(.accent))]
    var facts: [String] = []
    switch state.kind {
    case .mask:
      pieces.append((state.erases ? "erasing" : "painting", Style(.text, bold: true)))
      if state.penIsDown { pieces.append((", pen down", Style(.warning))) }
      pieces.append(("  brush \(state.brush) px", Style(.text)))
      facts.append("\(Int((state.mask.share * 100).rounded())) % masked")
      if state.lens.zoom > 0 { facts.append("zoom \(state.lens.words)") }
    case .grow:
      let sides: [(String, Int)] = [
        ("left", state.margins.left), ("right", state.margins.right), ("top", state.margins.top),
        ("bottom", state.margins.bottom),
      ]
      let grown = sides.filter { $0.1 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
      pieces.append((grown.isEmpty ? "no side grows yet" : "grows \(grown)", Style(.text)))
    }
    // What comes out, where it is not what the picture is.
    if let (_, request) = try? retouchRequest() {
      facts.append("→ \(request.width) × \(request.height)")
    }
    let right = facts.joined(separator: "  ")
    screen.write(right, in: rect, Style(.faint), at: .right)
    screen.write(pieces, in: rect.splitLeft(max(0, rect.columns - right.count - 2)).0)
  }
}
