internal import EaselKit

extension AppState {
  struct ModelRow: Hashable {
    var engine: EngineDescription
    var model: ModelDescription
  }

  /// Every model of every engine.
  var modelRows: [ModelRow] {
    engines.flatMap { engine in engine.models.map { ModelRow(engine: engine, model: $0) } }
  }

  var selectedModel: ModelRow? {
    let rows = modelRows
    return rows.indices.contains(models.selected) ? rows[models.selected] : nil
  }

  mutating func perform(_ command: ModelsCommand) -> [Effect] {
    switch command {
    case .up: models.selected -= 1
    case .down: models.selected += 1
    case .use:
      guard let row = selectedModel else { return [] }
      compose.form.engine = row.engine.name
      compose.form.model = row.model.name
      fitSize()
      notice = Notice("painting with \(row.engine.name) · \(row.model.name)", .success)
      return go(to: .compose)
    }
    return []
  }
}
