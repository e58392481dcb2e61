import EaselApp
import EaselKit
import EaselScreen
import EaselTestSupport
import Testing

let engines = [
  EngineDescription(
    name: "built-in", summary: "paints on this machine, without a network",
    models: [
      ModelDescription(
        name: "scenes", summary: "Small scenes: things, colours, places.",
        sizes: [PixelSize(width: 64, height: 64)], parameters: 9_400_000, bytes: 11_200_000,
        license: "MIT", folder: "/usr/share/easel/models/scenes"),
      ModelDescription(
        name: "amused-256", summary: "The published aMUSEd model.",
        sizes: [PixelSize(width: 256, height: 256)], parameters: 603_000_000,
        bytes: 1_210_000_000, license: "OpenRAIL++", folder: nil, problem: "it is not installed"),
    ])
]

/// A studio of this size, as it is after its first answers.
func studio(
  _ columns: Int = 100, _ rows: Int = 30, seed: UInt64 = 7, prompt: String = "",
  pictures: Int = 0
) -> AppState {
  var state = AppState(
    terminal: TerminalSize(
      cells: CellSize(columns: columns, rows: rows), cellWidth: 8, cellHeight: 16),
    engines: engines, themes: ["dark", "light", "contrast", "dusk"],
    draft: Draft(prompt: prompt), seed: seed)
  _ = update(&state, .started)
  let items = (0..<pictures).map { item(Int64(pictures - $0)) }
  _ = update(
    &state,
    .historyLoaded(HistoryQuery(), HistoryPage(items: items, isLast: true, total: items.count)))
  return state
}

let subjects = [
  "a red fox in the snow, pixel art", "two yellow fish in the sea", "a big blue car in the city",
  "雪の中の赤い狐", "a green frog on the grass", "a 👩‍🎨 painting a 🏔️ at dusk",
]

func item(_ number: Int64, trashed: Bool = false) -> HistoryItem {
  let prompt = subjects[Int(number) % subjects.count]
  let request = GenerationRequest(prompt: prompt, seed: UInt64(number) * 11)
  return HistoryItem(
    id: ImageID(number),
    recipe: Recipe(
      request: request, index: 0, seed: UInt64(number) * 11, modelDigest: "3f9a0c77d2e144",
      created: 1_764_000_000_000 + number * 60_000, seconds: 1.4,
      generation: String(repeating: "0", count: 32)),
    width: 64, height: 64, sha256: String(repeating: "a", count: 64), bytes: 8_212,
    isFavourite: number % 5 == 0, isTrashed: trashed)
}

@discardableResult
func press(_ state: inout AppState, _ keys: KeyPress..., at seconds: Double = 0) -> [Effect] {
  keys.flatMap { update(&state, .input(.key($0), at: seconds)) }
}

@discardableResult
func type(_ state: inout AppState, _ text: String) -> [Effect] {
  text.flatMap { update(&state, .input(.key(KeyPress(.character($0))), at: 0)) }
}

func control(_ character: Character) -> KeyPress { KeyPress(.character(character), control: true) }
func alt(_ character: Character) -> KeyPress { KeyPress(.character(character), alt: true) }
func letter(_ character: Character) -> KeyPress { KeyPress(.character(character)) }
let enter = KeyPress(.enter), tab = KeyPress(.tab), escape = KeyPress(.escape)

let grey = Picture(width: 2, height: 2, red: 128, green: 128, blue: 128)

func painted(_ index: Int, seed: UInt64) -> GenerationEvent {
  .image(
    GeneratedImage(
      index: index, seed: seed, picture: grey, modelDigest: "3f9a0c77d2e144", secondsElapsed: 1.5))
}

func step(_ index: Int, of count: Int, _ step: Int, of steps: Int, seconds: Double)
  -> GenerationEvent
{
  .step(
    StepProgress(index: index, count: count, step: step, steps: steps, secondsElapsed: seconds))
}

/// A studio that is painting the second picture of four, with a queue behind it.
func paintingStudio(_ columns: Int, _ rows: Int) -> AppState {
  var state = studio(columns, rows, prompt: "a red fox in the snow, pixel art", pictures: 30)
  state.compose.form.count = 4
  state.compose.form.seed = 4711
  press(&state, enter)
  let job = state.jobs[0].id
  _ = update(&state, .engine(job, .started))
  for done in 1...12 {
    _ = update(&state, .engine(job, step(0, of: 4, done, of: 12, seconds: Double(done) * 0.07)))
    _ = update(&state, .engine(job, .preview(index: 0, grey)))
  }
  _ = update(&state, .engine(job, painted(0, seed: 4711)))
  _ = update(&state, .stored(job, index: 0, item(31)))
  for done in 1...8 {
    _ = update(
      &state, .engine(job, step(1, of: 4, done, of: 12, seconds: 0.84 + Double(done) * 0.07)))
    _ = update(&state, .engine(job, .preview(index: 1, grey)))
  }
  press(&state, enter)
  return state
}

/// The actions' shorthand for this module's update.
func expectUpdate(
  _ state: inout AppState, _ action: Action, effects: [Effect] = [],
  sourceLocation: SourceLocation = #_sourceLocation, change: (inout AppState) -> Void = { _ in }
) {
  EaselTestSupport.expectUpdate(
    &state, action, by: { update(&$0, $1) }, effects: effects, sourceLocation: sourceLocation,
    change: change)
}

/// A row of what the state shows.
func shownLine(_ state: AppState, _ row: Int) -> Substring {
  render(state).plainText.split(separator: "\n", omittingEmptySubsequences: false)[row]
}
