internal import EaselScreen

/// One row: what a key does here, in a word for the footer and in a sentence for the help.
public struct Binding: Hashable, Sendable {
  public let command: Command
  public let chords: [Chord]
  /// A word or two.
  public let label: String
  public let help: String
  /// Rows in the footer, most useful first, are drawn as far as there is room.
  public let isInFooter: Bool

  init(
    _ command: Command, _ chords: [Chord], _ label: String, _ help: String, footer: Bool = false
  ) {
    self.command = command
    self.chords = chords
    self.label = label
    self.help = help
    isInFooter = footer
  }
}

/// A place where keys mean something. Dispatch, footer, help, palette and `docs/KEYS.md` come from
/// the tables of these places and from nothing else.
public enum Scope: String, Hashable, Sendable, CaseIterable {
  case always, prompt, field, fieldTyping, canvas, gallery, filter, viewer, models, train, trainForm
  case compare, mask, grow, retouchTyping, versions, slides
  case trainTyping, modelTyping, settings, settingTyping, palette, recall, tags, searches, export,
    queue, style, keys
  case help, resting, editing

  public var title: String {
    switch self {
    case .always: "Everywhere"
    case .prompt: "Compose: writing"
    case .field: "Compose: settings"
    case .fieldTyping: "Compose: typing a value"
    case .canvas: "Compose: the picture"
    case .gallery: "Gallery"
    case .filter: "Gallery: filter"
    case .viewer: "Viewer"
    case .compare: "Comparing"
    case .mask: "Painting a mask"
    case .grow: "Growing a picture"
    case .retouchTyping: "Mask and growing: the words"
    case .versions: "Versions of a picture"
    case .slides: "Slideshow"
    case .models: "Models"
    case .modelTyping: "Models: typing a source"
    case .train: "Train: the run"
    case .trainForm: "Train: a new run"
    case .trainTyping: "Train: typing"
    case .settings: "Settings"
    case .settingTyping: "Settings: typing a value"
    case .palette: "Palette"
    case .recall: "Recall"
    case .tags: "Tags"
    case .searches: "Saved searches"
    case .keys: "Settings: keys"
    case .export: "Export"
    case .queue: "Queue"
    case .style: "Style"
    case .help: "Help"
    case .resting: "Everywhere but while typing"
    case .editing: "Editing text"
    }
  }

  public var bindings: [Binding] {
    switch self {
    case .always: Tables.always
    case .prompt: Tables.prompt
    case .field: Tables.field
    case .fieldTyping: Tables.fieldTyping
    case .canvas: Tables.canvas
    case .gallery: Tables.gallery
    case .filter: Tables.filter
    case .viewer: Tables.viewer
    case .compare: Tables.compare
    case .mask: Tables.mask
    case .grow: Tables.grow
    case .retouchTyping: Tables.retouchTyping
    case .versions: Tables.versions
    case .slides: Tables.slides
    case .models: Tables.models
    case .modelTyping: Tables.modelTyping
    case .train: Tables.train
    case .trainForm: Tables.trainForm
    case .trainTyping: Tables.trainTyping
    case .settings: Tables.settings
    case .settingTyping: Tables.settingTyping
    case .palette: Tables.picker
    case .recall: Tables.picker
    case .tags: Tables.tags
    case .searches: Tables.searches
    case .keys: Tables.keys
    case .export: Tables.export
    case .queue: Tables.queue
    case .style: Tables.style
    case .help: Tables.help
    case .resting: Tables.resting
    case .editing: Tables.editing
    }
  }

  /// The tables that a key is looked up in, in this order.
  public var lookup: [Scope] {
    switch self {
    case .prompt, .fieldTyping, .filter, .retouchTyping, .trainTyping, .modelTyping, .settingTyping,
      .palette, .recall, .tags, .searches, .keys, .export, .style:
      [.always, self, .editing]
    case .field, .help, .queue, .slides: [.always, self]
    case .canvas, .gallery, .viewer, .compare, .mask, .grow, .versions, .models, .train, .trainForm,
      .settings:
      [.always, self, .resting]
    case .always, .resting, .editing: [self]
    }
  }

  /// Characters without a command are text here.
  public var isTyping: Bool { lookup.contains(.editing) }
}

/// The tables, one file for each screen.
enum Tables {}

extension AppState {
  /// The place that takes the keys now.
  public var scope: Scope {
    switch overlay {
    case .help: .help
    case .palette: .palette
    case .recall: .recall
    case .tags: .tags
    case .searches: .searches
    case .keys: .keys
    case .export: .export
    case .queue: .queue
    case .style: .style
    case nil: scopeOfScreen
    }
  }

  /// The same without what lies over the screen.
  public var scopeOfScreen: Scope {
    switch route {
    case .compose:
      switch compose.focus {
      case .prompt, .avoid: .prompt
      case .field: compose.typed == nil ? .field : .fieldTyping
      case .canvas: .canvas
      }
    case .gallery: gallery.typing == nil ? .gallery : .filter
    case .viewer: viewer.slides == nil ? .viewer : .slides
    case .compare: .compare
    case .retouch:
      retouching?.isTyping == true ? .retouchTyping : retouching?.kind == .grow ? .grow : .mask
    case .versions: .versions
    case .models: models.typed == nil ? .models : .modelTyping
    case .train:
      switch train.focus {
      case .run: .train
      case .form(let field): train.form[field] == nil ? .trainForm : .trainTyping
      }
    case .settings: settingsScreen.typed == nil ? .settings : .settingTyping
    }
  }

  enum Match: Equatable {
    case command(Command)
    /// The keys so far begin a longer sequence.
    case beginning
    /// There is a command, and this is why it cannot happen now.
    case blocked(String)
    case nothing
  }

  /// What these keys mean here. Of several rows with the same key the first that can happen counts.
  func match(_ keys: [KeyPress]) -> Match {
    var reason: String?
    var begins = false
    let keyMap = self.keys
    for table in scope.lookup {
      for binding in keyMap.bindings(table) {
        for chord in binding.chords where chord.keys.starts(with: keys) {
          if chord.keys.count > keys.count {
            begins = true
          } else if let why = blocked(binding.command) {
            reason = reason ?? (why.isEmpty ? nil : why)
          } else {
            return .command(binding.command)
          }
        }
      }
      // A key that cannot work here now says why and does nothing else.
      if let reason, !begins { return .blocked(reason) }
    }
    return begins ? .beginning : .nothing
  }

  /// What the footer names: commands that can happen now, each key once.
  var footer: [(chord: Chord, binding: Binding)] {
    var taken: Set<[KeyPress]> = []
    var result: [(chord: Chord, binding: Binding)] = []
    for table in scope.lookup {
      for binding in self.keys.bindings(table) where blocked(binding.command) == nil {
        guard let chord = binding.chords.first else { continue }
        // A key that an earlier row has taken would not do what the footer says.
        guard taken.isDisjoint(with: [chord.keys]) else { continue }
        for chord in binding.chords { taken.insert(chord.keys) }
        if binding.isInFooter { result.append((chord, binding)) }
      }
    }
    // The general keys come last.
    let general = result.filter { if case .app = $0.binding.command { true } else { false } }
    let special = result.filter { if case .app = $0.binding.command { false } else { true } }
    return special + general
  }
}
