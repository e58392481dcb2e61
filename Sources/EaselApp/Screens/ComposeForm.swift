internal import EaselKit

/// The rows of Compose's form: their words, their choices, and what keys do to them.
extension FormField {
  var title: String {
    switch self {
    case .engine: "Engine"
    case .model: "Model"
    case .size: "Size"
    case .count: "Count"
    case .steps: "Steps"
    case .guidance: "Guidance"
    case .seed: "Seed"
    case .style: "Style"
    }
  }

  /// What is accepted, in words.
  var accepts: String {
    switch self {
    case .engine: SettingKey.engine.accepts
    case .model: SettingKey.model.accepts
    case .size: SettingKey.size.accepts
    case .count: SettingKey.count.accepts
    case .steps: SettingKey.steps.accepts
    case .guidance: SettingKey.guidance.accepts
    case .seed: "a whole number, or random"
    case .style: "a style's name"
    }
  }

  /// Values that are numbers begin to be typed with the first digit.
  var isTyped: Bool {
    switch self {
    case .size, .count, .steps, .guidance, .seed: true
    case .engine, .model, .style: false
    }
  }
}

extension Form {
  /// A table's values as they were typed, else the one value.
  func text(_ field: FormField) -> String {
    // What Count says is for batches; it is there again when the table is gone.
    if field == .count, !sweeps.isEmpty { return "1 each" }
    if let values = sweeps[field] { return values.joined(separator: ", ") }
    return switch field {
    case .engine: engine
    case .model: model
    case .size: "\(width) × \(height)"
    case .count: String(count)
    case .steps: String(steps)
    case .guidance: shortDecimal(guidance)
    case .seed: seed.map { String($0) } ?? "random"
    case .style: style
    }
  }
}

extension Form {
  /// Sets one value from text; the failure says what is accepted. Names are checked by whoever knows them.
  mutating func set(_ field: FormField, _ text: String) throws(Failure) {
    var checked = Settings()
    switch field {
    case .size:
      try checked.set(.size, text)
      size = checked.size
    case .count:
      try checked.set(.count, text)
      count = checked.count
    case .steps:
      try checked.set(.steps, text)
      steps = checked.steps
    case .guidance:
      try checked.set(.guidance, text)
      guidance = checked.guidance
    case .seed:
      if text == "random" {
        seed = nil
      } else if let number = UInt64(text) {
        seed = number
      } else {
        throw Failure(.badInput, "seed cannot be '\(text)'", hint: "it takes \(field.accepts)")
      }
    case .engine: engine = text
    case .model: model = text
    case .style: style = text
    }
  }
}

extension AppState {
  /// Names to choose from; empty where the value is a number.
  func formChoices(_ field: FormField) -> [String] {
    switch field {
    case .engine: engines.map(\.name)
    case .model: engines.first { $0.name == compose.form.engine }?.models.map(\.name) ?? []
    case .style: styles.map(\.name)
    case .size, .count, .steps, .guidance, .seed: []
    }
  }

  /// The form's model, where its engine has it.
  var formModel: ModelDescription? {
    engines.first { $0.name == compose.form.engine }?.models
      .first { $0.name == compose.form.model }
  }

  mutating func perform(_ command: FormCommand) -> [Effect] {
    guard case .field(let field) = compose.focus else { return [] }
    switch command {
    case .newStyle: return editStyle(isNew: true)
    case .editStyle: return editStyle(isNew: false)
    case .removeStyle: return removeStyle()
    case .more, .less:
      change(field, by: command == .more ? 1 : -1)
      if field == .count { sayCountWaits() }
    case .clear: clear(field)
    case .commit: commitTyped()
    case .abandon: compose.typed = nil
    case .all:
      compose.form.sweeps[field] = formChoices(field)
      notice = Notice("all of them: Enter paints a table, one picture for each")
    }
    return []
  }

  private mutating func change(_ field: FormField, by step: Int) {
    if let values = compose.form.sweeps.removeValue(forKey: field) {
      // Back to one value: the first or the last of them.
      try? compose.form.set(field, (step > 0 ? values.first : values.last) ?? "")
      return
    }
    let ranges = SettingKey.ranges
    switch field {
    case .engine:
      compose.form.engine = next(formChoices(.engine), after: compose.form.engine, step)
      if let first = formChoices(.model).first, !formChoices(.model).contains(compose.form.model) {
        compose.form.model = first
      }
      fitSize()
    case .model:
      compose.form.model = next(formChoices(.model), after: compose.form.model, step)
      fitSize()
    case .style: compose.form.style = next(formChoices(.style), after: compose.form.style, step)
    case .size:
      let sizes = formModel?.sizes ?? []
      let texts = sizes.map(\.description)
      let text = next(texts, after: compose.form.size.description, step)
      if let i = texts.firstIndex(of: text) { compose.form.size = sizes[i] }
    case .count:
      compose.form.count = clamp(compose.form.count + step, ranges.count)
    case .steps:
      compose.form.steps = clamp(compose.form.steps + step, ranges.steps)
    case .guidance:
      let halves = (compose.form.guidance * 2).rounded() + Double(step)
      compose.form.guidance = clamp(halves / 2, ranges.guidance)
    case .seed:
      compose.form.seed =
        compose.form.seed.map { step > 0 ? $0 &+ 1 : $0 &- 1 } ?? seeds.next() >> 32
    }
  }

  /// A change of Count that a table will not heed.
  private mutating func sayCountWaits() {
    guard !compose.form.sweeps.isEmpty else { return }
    notice = Notice(
      "a table has one picture for each value; \(compose.form.count) is for when there is none")
  }

  /// A model that does not paint the form's size gets its own first one.
  mutating func fitSize() {
    guard let sizes = formModel?.sizes, let first = sizes.first, !sizes.contains(compose.form.size)
    else { return }
    compose.form.size = first
  }

  private mutating func clear(_ field: FormField) {
    let fresh = Form(settings)
    compose.form.sweeps[field] = nil
    switch field {
    case .engine: compose.form.engine = fresh.engine
    case .model: compose.form.model = fresh.model
    case .size: compose.form.size = fresh.size
    case .count: compose.form.count = fresh.count
    case .steps: compose.form.steps = fresh.steps
    case .guidance: compose.form.guidance = fresh.guidance
    case .seed: compose.form.seed = nil
    case .style: compose.form.style = fresh.style
    }
  }

  /// The first character of a typed value.
  mutating func beginTyping(_ character: Character?) -> [Effect] {
    guard case .field(let field) = compose.focus else { return [] }
    guard field.isTyped else {
      notice = Notice("← and → choose; \(field.title.lowercased()) takes \(field.accepts)")
      return []
    }
    var typed = TextEditor(singleLine: true)
    if let character {
      guard character.isNumber || character == "." || character == "r" && field == .seed else {
        return []
      }
      typed.type(character)
    }
    compose.typed = typed
    return []
  }

  /// Takes a typed value; false, with the reason shown, when it is none.
  @discardableResult
  mutating func commitTyped() -> Bool {
    guard let typed = compose.typed, case .field(let field) = compose.focus else { return true }
    let text = typed.text.trimmed
    if text.isEmpty {
      compose.typed = nil
      return true
    }
    do throws(Failure) {
      if ValueList.isList(text) {
        try commit(ValueList.values(text), of: field)
      } else {
        try compose.form.set(field, text)
        compose.form.sweeps[field] = nil
      }
      compose.typed = nil
      if field == .count { sayCountWaits() }
      return true
    } catch {
      notice = Notice(error.description, .warning)
      return false
    }
  }
}

extension AppState {
  /// Takes several values of a setting; each of them must be one it accepts.
  private mutating func commit(_ values: [String], of field: FormField) throws(Failure) {
    try compose.form.sweep(field, values)
    if values.count > 1 {
      notice = Notice("several values: Enter paints a table, one picture for each")
    }
  }
}

/// The neighbour of `current` in `names`, around the end; `current` when there are none.
func next(_ names: [String], after current: String, _ step: Int) -> String {
  guard !names.isEmpty else { return current }
  guard let here = names.firstIndex(of: current) else { return names[0] }
  return names[(here + step + names.count) % names.count]
}

func clamp<T: Comparable>(_ x: T, _ range: ClosedRange<T>) -> T {
  min(max(x, range.lowerBound), range.upperBound)
}
