import ArgumentParser
import EaselApp
import EaselConfig
import EaselKit
import EaselMuse
import EaselScreen
import EaselStore
import EaselTerminal
import Foundation
import Glibc

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Check terminal, library, models and settings.",
    discussion: """
      Changes nothing unless --repair is given. Exit status 1 when something is broken.
      """)

  @Flag(help: "Bring a damaged history back from its files; the damaged one is kept aside.")
  var repair = false

  @Flag(help: "Do not compare every picture file with its digest.")
  var quick = false

  @OptionGroup var format: JSONOptions
  @OptionGroup var output: OutputOptions

  /// What one look found.
  struct Finding: Sendable {
    enum State: String, Sendable { case ok, warning, problem }
    var check: String
    var state: State
    var detail: String
    var hint: String?
    init(_ check: String, _ state: State, _ detail: String, hint: String? = nil) {
      self.check = check
      self.state = state
      self.detail = detail
      self.hint = hint
    }
    init(_ check: String, _ state: State, _ failure: Failure) {
      self.check = check
      self.state = state
      detail = failure.cause.map { "\(failure.what) (\($0))" } ?? failure.what
      hint = failure.hint
    }
  }

  func run() async throws {
    let desk = Desk()
    var isBroken = false
    func tell(_ findings: [Finding]) {
      for finding in findings {
        line(finding)
        if finding.state == .problem { isBroken = true }
      }
    }
    tell([Finding("version", .ok, "easel \(easelVersion)"), machine()])
    tell(terminal())
    tell(files(desk.paths))
    tell(settings(desk.paths))
    if repair { tell([try await repaired(desk)]) }
    tell(await library(desk))
    tell(models(desk))
    tell([font()])
    if isBroken { throw ExitCode(1) }
  }

  private func line(_ finding: Finding) {
    if format.json {
      return Console.json([
        .init("check", finding.check), .init("state", finding.state.rawValue),
        .init("detail", finding.detail), .init("hint", finding.hint),
      ])
    }
    let mark =
      switch finding.state {
      case .ok: Console.painted("ok      ", "32")
      case .warning: Console.painted("warning ", "33")
      case .problem: Console.painted("problem ", "1;31")
      }
    let name = finding.check.padding(toLength: 10, withPad: " ", startingAt: 0)
    Console.out("\(mark)\(name)\(SafeText(finding.detail))")
    if let hint = finding.hint { Console.out("                  \(SafeText(hint))") }
  }

  private func machine() -> Finding {
    let cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    let memory = Double(sysconf(Int32(_SC_PHYS_PAGES))) * Double(sysconf(Int32(_SC_PAGESIZE)))
    return Finding(
      "machine", .ok,
      "\(cores) cores, \(ProgressLine.short(memory / Double(1 << 30))) GiB of memory")
  }

  private func terminal() -> [Finding] {
    guard isatty(STDIN_FILENO) == 1, Console.isOutputTerminal else {
      return [Finding("terminal", .ok, "not used: input or output is no terminal")]
    }
    guard let found = PictureWriter.capabilities() else {
      return [
        Finding(
          "terminal", .warning, "does not answer questions",
          hint: "pictures are drawn with block letters; --graphics sixel insists")
      ]
    }
    var words = [
      found.name ?? found.term, "\(found.graphics.rawValue)", "\(found.colours.rawValue) colours",
    ]
    if found.isCellSizeKnown { words.append("cells of \(found.cell) pixels") }
    words.append(found.isUnicode ? "UTF-8" : "no UTF-8")
    var findings = [Finding("terminal", .ok, words.joined(separator: ", "))]
    if !found.graphics.isPixels {
      findings.append(
        Finding(
          "graphics", .warning, "the terminal does not say that it can show pixels",
          hint:
            "xterm -ti vt340, foot, kitty, WezTerm, mlterm, Konsole, iTerm2, Ghostty can"))
    }
    if !found.isUnicode {
      findings.append(
        Finding(
          "locale", .warning, "the locale is not UTF-8", hint: "set LC_ALL=C.UTF-8 for real letters"
        ))
    }
    return findings
  }

  private func files(_ paths: Paths) -> [Finding] {
    [
      ("data", paths.data), ("config", paths.config), ("state", paths.state),
      ("cache", paths.cache),
    ].map { name, path in
      // A folder that is not there yet is made when it is needed, if the one above allows.
      var existing = path
      while fileKind(existing) == nil, existing != "/" { existing = Paths.parent(existing) }
      guard access(existing, W_OK) == 0 else {
        return Finding(
          name, .problem, "\(existing) cannot be written", hint: "check its owner and permissions")
      }
      return Finding(name, .ok, path + (fileKind(path) == nil ? " (not made yet)" : ""))
    }
  }

  private func settings(_ paths: Paths) -> [Finding] {
    let (settings, problems) = ConfigFile(path: paths.configFile).read()
    var findings = problems.map { Finding("settings", .problem, $0) }
    if findings.isEmpty {
      let isThere = fileKind(paths.configFile) != nil
      findings.append(
        Finding("settings", .ok, isThere ? paths.configFile : "defaults; no \(paths.configFile)"))
    }
    findings += keys(paths) + styles(paths) + wildcards(paths)
    let themes = ThemeLibrary(folders: paths.themeFolders)
    for name in themes.names {
      do { _ = try themes.load(name) } catch {
        findings.append(Finding("themes", .problem, Failure(error)))
      }
    }
    if let problem = themes.loadOrPlain(settings.theme).problem {
      findings.append(Finding("themes", .problem, problem))
    } else {
      findings.append(Finding("themes", .ok, themes.names.joined(separator: ", ")))
    }
    return findings
  }

  /// What a key of the user's hides is a warning: it may be wanted.
  private func keys(_ paths: Paths) -> [Finding] {
    let (keys, problems) = ConfigFile(path: paths.configFile).readKeys()
    let costs = Set(keys.conflicts.map(\.what))
    guard problems.isEmpty else {
      return problems.map { Finding("keys", costs.contains($0.what) ? .warning : .problem, $0) }
    }
    let count = keys.named.values.reduce(0) { $0 + $1.count }
    return [Finding("keys", .ok, count == 0 ? "as they came" : "\(count) of your own")]
  }

  private func styles(_ paths: Paths) -> [Finding] {
    let (styles, problems) = StyleFile(path: paths.stylesFile).read()
    guard problems.isEmpty else { return problems.map { Finding("styles", .problem, $0) } }
    return [Finding("styles", .ok, styles.isEmpty ? "as they came" : "\(styles.count) of your own")]
  }

  private func wildcards(_ paths: Paths) -> [Finding] {
    let files = WildcardFiles(paths.wildcards)
    guard files.problems.isEmpty else {
      return files.problems.map { Finding("wildcards", .warning, $0) }
    }
    return [
      Finding("wildcards", .ok, files.count == 0 ? "as they came" : "\(files.count) of your own")
    ]
  }

  private func library(_ desk: Desk) async -> [Finding] {
    guard fileKind(desk.paths.data) != nil else {
      return [Finding("library", .ok, "empty")]
    }
    let store = await desk.openForInspection()
    var findings = await store.check(verify: !quick).map { found in
      let state: Finding.State =
        switch found.weight {
        case .note: .ok
        case .warning: .warning
        case .problem: .problem
        }
      return Finding("library", state, found.what, hint: found.hint)
    }
    if let pictures = try? await store.page(HistoryQuery(limit: 1)).total,
      let trashed = try? await store.page(HistoryQuery(text: "is:trashed", limit: 1)).total
    {
      findings.append(Finding("library", .ok, "\(pictures) pictures, \(trashed) in the trash"))
    }
    await store.close()
    return findings
  }

  private func repaired(_ desk: Desk) async throws -> Finding {
    let report = try await HistoryStore.repair(desk.paths.library, codec: .imaging)
    if report.wasSound { return Finding("repair", .ok, "the database was sound") }
    let kept = report.setAside.map { "the damaged one is kept as \($0)" }
    return Finding("repair", .ok, "\(report.salvaged) pictures brought back", hint: kept)
  }

  private func models(_ desk: Desk) -> [Finding] {
    let all = desk.engines.flatMap(\.description.models)
    guard !all.isEmpty else {
      return [
        Finding(
          "models", .problem, "no model is installed",
          hint: "looked in " + desk.paths.modelFolders.joined(separator: ", "))
      ]
    }
    return all.map { model in
      if let problem = model.problem {
        return Finding("models", .problem, "\(model.name): \(problem)")
      }
      return Finding("models", .ok, "\(model.name)  \(model.folder ?? "")")
    }
  }

  private func font() -> Finding {
    do {
      return Finding("font", .ok, try EmojiFont.find())
    } catch {
      // Only training and `easel data` draw with it.
      return Finding("font", .warning, Failure(error))
    }
  }
}
