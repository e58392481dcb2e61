internal import EaselKit

/// The export form: where pictures go and what they are called.
extension AppState {
  var exportForm: ExportForm? {
    if case .export(let form) = overlay { form } else { nil }
  }

  mutating func perform(_ command: ExportCommand) -> [Effect] {
    guard var form = exportForm else { return [] }
    let fields = ExportForm.Field.allCases
    let here = fields.firstIndex(of: form.field) ?? 0
    var effects: [Effect] = []
    switch command {
    case .accept, .overwrite:
      let folder = form.folder.text.trimmed, name = form.name.text.trimmed
      if folder.isEmpty || name.isEmpty || name.contains("/") {
        form.failure = Failure(
          .badInput, folder.isEmpty ? "no folder is named" : "the name cannot be '\(name)'",
          hint: folder.isEmpty ? "type one; . is here" : "it takes \(SettingKey.exportName.accepts)"
        )
      } else {
        form.isWriting = true
        form.failure = nil
        effects = [.export(form.request(overwriting: command == .overwrite))]
      }
    case .nextField: form.field = fields[(here + 1) % fields.count]
    case .previousField: form.field = fields[(here + fields.count - 1) % fields.count]
    case .more, .less:
      if form.field == .format {
        let names = ExportRequest.Format.allCases
        let at = names.firstIndex(of: form.format) ?? 0
        form.format = names[(at + (command == .more ? 1 : names.count - 1)) % names.count]
      } else {
        form.stripsRecipe.toggle()
      }
      form.existing = []
    case .close:
      overlay = nil
      return []
    }
    overlay = .export(form)
    return effects
  }

  mutating func exported(_ request: ExportRequest, _ files: [String]) -> [Effect] {
    if let form = exportForm, form.ids == request.ids { overlay = nil }
    let folder = files.first?.lastIndex(of: "/").map { String(files[0][..<$0]) } ?? request.folder
    let what = files.count == 1 ? files[0] : "\(counted(files.count, "file")) in \(folder)"
    notice = Notice("exported \(what)", .success)
    return []
  }
}

extension ExportForm.Field {
  var title: String {
    switch self {
    case .folder: "Folder"
    case .name: "Name"
    case .format: "Format"
    case .recipe: "Recipe"
    }
  }
}
