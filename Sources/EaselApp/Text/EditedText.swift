internal import EaselKit
internal import EaselScreen

/// The one text, of all that can be typed into, that keys change now.
extension AppState {
  /// The text that keys change now.
  var editedText: TextEditor? {
    switch overlay {
    case .palette(let picker), .recall(let picker), .searches(let picker): return picker.query
    case .keys(let list): return list.picker.query
    case .tags(let form): return form.line
    case .export(let form):
      switch form.field {
      case .folder: return form.folder
      case .name: return form.name
      case .format, .recipe: return nil
      }
    case .style(let form): return form[form.field]
    case .help, .queue: return nil
    case nil: break
    }
    switch scopeOfScreen {
    case .prompt: return compose.focus == .avoid ? compose.avoid : compose.prompt
    case .fieldTyping: return compose.typed
    case .filter: return gallery.typing
    case .settingTyping: return settingsScreen.typed
    case .modelTyping: return models.typed
    case .retouchTyping: return retouching?.prompt
    case .trainTyping:
      if case .form(let field) = train.focus { return train.form[field] }
      return nil
    default: return nil
    }
  }

  /// Changes the text that keys change now; `width` is its pane's.
  mutating func editText(_ change: (inout TextEditor, inout KillRing, Int) -> Void) -> [Effect] {
    switch overlay {
    case .palette(var picker):
      overlay = nil
      change(&picker.query, &kills, 1_000)
      picker.selected = 0
      overlay = .palette(picker)
      return []
    case .recall(var picker):
      overlay = nil
      change(&picker.query, &kills, 1_000)
      picker.selected = 0
      overlay = .recall(picker)
      return []
    case .searches(var picker):
      overlay = nil
      change(&picker.query, &kills, 1_000)
      picker.selected = 0
      overlay = .searches(picker)
      return []
    case .keys(var list):
      overlay = nil
      change(&list.picker.query, &kills, 1_000)
      list.picker.selected = 0
      overlay = .keys(list)
      return []
    case .tags(var form):
      change(&form.line, &kills, 1_000)
      form.selected = 0
      form.failure = nil
      overlay = .tags(form)
      return []
    case .export(var form):
      switch form.field {
      case .folder: change(&form.folder, &kills, 1_000)
      case .name: change(&form.name, &kills, 1_000)
      case .format, .recipe: return []
      }
      form.existing = []
      form.failure = nil
      overlay = .export(form)
      return []
    case .style(var form):
      overlay = nil
      change(&form[form.field], &kills, 1_000)
      form.problem = nil
      overlay = .style(form)
      return []
    case .help, .queue: return []
    case nil: break
    }
    switch scopeOfScreen {
    case .prompt:
      let layout = composeLayout
      if compose.focus == .avoid {
        change(&compose.avoid, &kills, layout.avoid?.text.columns ?? 80)
      } else {
        change(&compose.prompt, &kills, layout.prompt?.text.columns ?? 80)
      }
      return []
    case .fieldTyping:
      if var typed = compose.typed {
        change(&typed, &kills, 1_000)
        compose.typed = typed
      }
      return []
    case .filter: return editFilter { change(&$0, &$1, 1_000) }
    case .settingTyping:
      if var typed = settingsScreen.typed {
        change(&typed, &kills, 1_000)
        settingsScreen.typed = typed
      }
      return []
    case .modelTyping:
      if var typed = models.typed {
        change(&typed, &kills, 1_000)
        models.typed = typed
      }
      return []
    case .retouchTyping:
      if var prompt = retouching?.prompt {
        change(&prompt, &kills, 1_000)
        retouching?.prompt = prompt
      }
      return []
    case .trainTyping:
      editTrainingForm(change)
      return []
    default: return []
    }
  }

  mutating func perform(_ edit: EditCommand) -> [Effect] {
    var moved = false
    let effects = editText { editor, kills, width in
      moved = editor.apply(edit, kills: &kills, width: width)
    }
    // At the first and last row of the prompt, up and down walk through what was painted before.
    if !moved, overlay == nil, scopeOfScreen == .prompt, compose.focus == .prompt {
      if edit == .up { recallOlder() }
      if edit == .down { recallNewer() }
    }
    return effects
  }

  private mutating func recallOlder() {
    let next = (compose.recalled ?? -1) + 1
    guard next < recall.count else {
      notice = Notice(recall.isEmpty ? "no prompts painted yet" : "this is the oldest prompt")
      return
    }
    if compose.recalled == nil { compose.typedBeforeRecall = compose.prompt.text }
    // The prompt that is there already is no step back.
    let skips = next == 0 && recall[0] == compose.prompt.text && recall.count > 1
    compose.recalled = skips ? 1 : next
    compose.prompt.replaceAll(recall[compose.recalled ?? 0])
  }

  private mutating func recallNewer() {
    guard let here = compose.recalled else { return }
    compose.recalled = here > 0 ? here - 1 : nil
    compose.prompt.replaceAll(here > 0 ? recall[here - 1] : compose.typedBeforeRecall)
  }
}
