import EaselApp
import EaselConfig
import EaselKit
import EaselScreen

/// What the plain studio does with a line: settings of the next painting, and commands made of words.
struct PlainDesk {
  enum Answer: Equatable {
    case quit
    case say([String])
    /// Arguments of `easel`.
    case run([String])
    case describe(ImageID)
  }

  private var settings: Settings
  private var seed: String?
  private var style = StylePreset.none.name
  private var avoid = ""
  private var lastPrompt: String?

  init(_ settings: Settings) { self.settings = settings }

  /// Commands of `easel` that make sense here, by their names.
  private static let commands = [
    "history", "export", "import", "trash", "restore", "upscale", "models", "engines", "doctor",
    "explain", "show", "train", "data", "evaluate", "empty-trash",
  ]
  /// Settings of a painting, as `/set` names them.
  private static let names = [
    "model", "engine", "size", "steps", "guidance", "count", "seed", "style", "avoid",
  ]

  /// Throws `Failure(.badInput)` for words that mean nothing, with the nearest one that does.
  mutating func take(_ line: String) throws -> Answer {
    guard line.hasPrefix("/") else { return paint(line) }
    let words = try Self.words(String(line.dropFirst()))
    guard let name = words.first else { return .say(Self.help) }
    let rest = Array(words.dropFirst())
    switch name {
    case "quit", "exit", "q": return .quit
    case "help", "?": return .say(Self.help)
    case "again":
      guard let lastPrompt else {
        throw Failure(.badInput, "nothing was painted yet", hint: "type what you want to see")
      }
      return paint(lastPrompt)
    case "set": return .say(try set(rest))
    case "info":
      guard let id = rest.first.flatMap({ IDArgument(argument: $0) })?.id else {
        throw Failure(.badInput, "info wants a number", hint: "as in /info 12")
      }
      return .describe(id)
    default:
      guard Self.commands.contains(name) else {
        throw Failure.unknown(
          "word", "/" + name,
          known: (["quit", "help", "again", "set", "info"] + Self.commands).map { "/" + $0 })
      }
      return .run(words)
    }
  }

  private mutating func paint(_ prompt: String) -> Answer {
    lastPrompt = prompt
    var arguments = [
      "paint", "--engine", settings.engine, "--model", settings.model, "--steps",
      settings[.steps], "--guidance", settings[.guidance], "--count", settings[.count],
      "--style", style,
    ]
    // A size that nobody chose is the model's own.
    if settings.size != Settings().size { arguments += ["--size", settings[.size]] }
    if let seed { arguments += ["--seed", seed] }
    if !avoid.isEmpty { arguments += ["--avoid=\(avoid)"] }
    return .run(arguments + ["--", prompt])
  }

  private mutating func set(_ words: [String]) throws -> [String] {
    guard let name = words.first else {
      return [
        "model \(settings.model), engine \(settings.engine), size \(settings[.size])",
        "steps \(settings.steps), guidance \(settings[.guidance]), count \(settings.count)",
        "seed \(seed ?? "random"), style \(style), avoid \(avoid.isEmpty ? "nothing" : avoid)",
      ]
    }
    let value = words.dropFirst().joined(separator: " ")
    switch name {
    case "seed":
      guard value == "random" || UInt64(value) != nil else {
        throw Failure(
          .badInput, "seed cannot be '\(value)'", hint: "it takes a whole number, or random")
      }
      seed = value == "random" ? nil : value
    case "style": style = value.isEmpty ? StylePreset.none.name : value
    case "avoid": avoid = value
    default:
      guard Self.names.contains(name), let key = SettingKey(rawValue: name) else {
        throw Failure.unknown("setting", name, known: Self.names)
      }
      try settings.set(key, value)
    }
    return ["\(name) is \(value.isEmpty ? "nothing" : value)"]
  }

  private static let help = [
    "A line of words is painted, with the settings that /set shows.",
    "/set NAME VALUE    changes one: \(names.joined(separator: ", "))",
    "/again             paints the last words once more, with a new seed",
    "/info NUMBER       says how a picture was made",
    "/show NUMBER       draws a picture, where the output is a terminal",
    "/history WORDS     lists pictures; /history is:favourite, /history seed:7",
    "/export NUMBER --to FOLDER, /trash NUMBER, /restore NUMBER, /import FILE, /upscale NUMBER",
    "/models list, /engines, /doctor, /train, /data, /explain, /evaluate as on the command line",
    "/quit              leaves; so does the end of input. Ctrl-C stops what is being painted.",
  ]

  /// Words apart at blanks; quotes keep blanks, a backslash keeps the next character.
  static func words(_ line: String) throws -> [String] {
    var words: [String] = [], current = "", isOpen = false
    var quote: Character?
    var isEscaped = false
    for character in line {
      if isEscaped {
        current.append(character)
        isEscaped = false
      } else if character == "\\", quote != "'" {
        (isEscaped, isOpen) = (true, true)
      } else if let mark = quote {
        if character == mark { quote = nil } else { current.append(character) }
      } else if character == "\"" || character == "'" {
        (quote, isOpen) = (character, true)
      } else if character.isWhitespace {
        if isOpen || !current.isEmpty { words.append(current) }
        (current, isOpen) = ("", false)
      } else {
        current.append(character)
      }
    }
    guard quote == nil else {
      throw Failure(.badInput, "a quote is never closed", hint: "close it, or put \\ before it")
    }
    return isOpen || !current.isEmpty ? words + [current] : words
  }

  /// A picture in words, a fact a line.
  static func words(for item: HistoryItem, file: String?) -> [String] {
    let recipe = item.recipe, request = recipe.request
    var lines = ["picture \(item.id), \(item.width) by \(item.height) pixels"]
    lines.append("\(recipe.saysHow ? "prompt" : "name"): \(SafeText(request.prompt))")
    if let template = request.template { lines.append("typed as: \(SafeText(template))") }
    if !request.avoid.isEmpty { lines.append("avoiding: \(SafeText(request.avoid))") }
    if recipe.saysHow {
      lines += howItWasMade(recipe)
    } else {
      lines.append("taken in from a file that does not say how it was made")
      if recipe.saysWhen { lines.append("dated \(timestamp(recipe.created))") }
    }
    var marks: [String] = []
    if item.isFavourite { marks.append("favourite") }
    if item.rating > 0 { marks.append("rated \(item.rating) of 5") }
    if item.isTrashed { marks.append("in the trash") }
    if item.isMissing { marks.append("its file is missing") }
    if !item.tags.isEmpty {
      marks.append("tags \(item.tags.map { SafeText($0).description }.joined(separator: ", "))")
    }
    if !marks.isEmpty { lines.append(marks.joined(separator: ", ")) }
    if let file { lines.append("file: \(SafeText(file))") }
    return lines
  }

  private static func howItWasMade(_ recipe: Recipe) -> [String] {
    let request = recipe.request
    let when = recipe.saysWhen ? " \(timestamp(recipe.created))" : ""
    return [
      "seed \(recipe.seed), \(request.steps) steps, guidance \(ProgressLine.short(request.guidance))",
      "model \(SafeText(request.model)) of \(SafeText(request.engine))",
      "made\(when) in \(ProgressLine.short(recipe.seconds)) seconds",
    ]
  }
}
