internal import EaselKit

extension AppState {
  var selectedSetting: SettingKey { SettingKey.allCases[settingsScreen.selected] }

  /// Names to choose from; empty where the value is typed.
  func choices(_ key: SettingKey) -> [String] {
    switch key {
    case .theme: themes
    case .graphics: Settings.Graphics.allCases.map(\.rawValue)
    case .quality: Settings.Quality.allCases.map(\.rawValue)
    case .engine: engines.map(\.name)
    case .model: engines.first { $0.name == settings.engine }?.models.map(\.name) ?? []
    case .size:
      engines.first { $0.name == settings.engine }?.models
        .first { $0.name == settings.model }?.sizes.map(\.description) ?? []
    case .exportFormat: ExportRequest.Format.allCases.map(\.rawValue)
    case .steps, .guidance, .count, .exportFolder, .exportName: []
    }
  }

  mutating func perform(_ command: SettingsCommand) -> [Effect] {
    switch command {
    case .up:
      settingsScreen.selected -= 1
      return []
    case .down:
      settingsScreen.selected += 1
      return []
    case .more: return step(selectedSetting, 1)
    case .less: return step(selectedSetting, -1)
    case .reset: return change(selectedSetting, to: selectedSetting.defaultText)
    case .edit:
      settingsScreen.typed = TextEditor(settings[selectedSetting], singleLine: true)
      return []
    case .abandon:
      settingsScreen.typed = nil
      return []
    case .keys:
      overlay = .keys(KeyList())
      return []
    case .commit:
      guard let typed = settingsScreen.typed else { return [] }
      return change(selectedSetting, to: typed.text.trimmed)
    }
  }

  private mutating func step(_ key: SettingKey, _ step: Int) -> [Effect] {
    switch key {
    case .steps:
      return change(key, to: String(clamp(settings.steps + step, SettingKey.ranges.steps)))
    case .count:
      return change(key, to: String(clamp(settings.count + step, SettingKey.ranges.count)))
    case .guidance:
      let halves = (settings.guidance * 2).rounded() + Double(step)
      return change(key, to: shortDecimal(clamp(halves / 2, SettingKey.ranges.guidance)))
    case .theme, .graphics, .quality, .engine, .model, .size, .exportFormat:
      let names = choices(key)
      guard !names.isEmpty else {
        notice = Notice("Enter types a value; it takes \(key.accepts)")
        return []
      }
      return change(key, to: next(names, after: settings[key], step))
    case .exportFolder, .exportName:
      notice = Notice("Enter types a value; it takes \(key.accepts)")
      return []
    }
  }

  /// Sets, saves and applies; a value that is none is refused with what would be one.
  private mutating func change(_ key: SettingKey, to text: String) -> [Effect] {
    var changed = settings
    do throws(Failure) {
      let known: [SettingKey: (String, [String])] = [
        .theme: ("theme", themes), .engine: ("engine", choices(.engine)),
        .model: ("model", choices(.model)),
      ]
      if let (kind, names) = known[key], !names.isEmpty, !names.contains(text) {
        throw Failure.unknown(kind, text, known: names)
      }
      try changed.set(key, text)
    } catch {
      notice = Notice(error.description, .warning)
      return []
    }
    settingsScreen.typed = nil
    guard changed != settings else { return [] }
    settings = changed
    // Defaults of a painting hold for the next one too.
    let fresh = Form(settings)
    var effects: [Effect] = [.saveSettings(settings)]
    switch key {
    case .theme: effects.insert(.useTheme(settings.theme), at: 0)
    case .engine: compose.form.engine = fresh.engine
    case .model: compose.form.model = fresh.model
    case .size: compose.form.size = fresh.size
    case .steps: compose.form.steps = fresh.steps
    case .guidance: compose.form.guidance = fresh.guidance
    case .count: compose.form.count = fresh.count
    case .graphics, .quality: notice = Notice("\(key.title) \(settings[key]): from the next start")
    case .exportFolder, .exportFormat, .exportName: break
    }
    return effects
  }
}
