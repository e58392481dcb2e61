import EaselApp
import EaselKit
import EaselScreen
import EaselTestSupport
import Testing

let sizes = [
  CellSize(columns: 20, rows: 8), CellSize(columns: 80, rows: 24), CellSize(columns: 200, rows: 60),
]

func name(_ what: String, _ size: CellSize) -> String { "\(what)-\(size.columns)x\(size.rows)" }

@Test(arguments: sizes + [CellSize(columns: 40, rows: 10), CellSize(columns: 100, rows: 30)])
func composeBeforeTheFirstPicture(size: CellSize) {
  let state = studio(size.columns, size.rows)
  expectSnapshot(render(state), name("compose-empty", size), roles: size.columns == 100)
}

@Test(arguments: sizes + [CellSize(columns: 40, rows: 10), CellSize(columns: 100, rows: 30)])
func composeWhilePainting(size: CellSize) {
  expectSnapshot(render(paintingStudio(size.columns, size.rows)), name("compose-painting", size))
}

@Test(arguments: sizes)
func composeWithAFocusedFieldAndAnError(size: CellSize) {
  var state = studio(size.columns, size.rows, prompt: "雪の中の赤い狐 👩‍🎨 e\u{301}té")
  press(&state, tab, tab, tab, tab)
  _ = update(
    &state,
    .problem(
      Failure(
        .modelDamaged, "the weights of scenes are damaged",
        hint: "easel models verify scenes says which file", cause: "tensor 12 ends after the file"))
  )
  expectSnapshot(render(state), name("compose-error", size))
}

@Test(arguments: sizes)
func galleryWithThirtyPictures(size: CellSize) {
  var state = studio(size.columns, size.rows, pictures: 30)
  press(&state, escape, letter("2"), letter(" "), letter("l"), letter("i"))
  expectSnapshot(render(state), name("gallery", size), roles: size.columns == 80)
}

@Test func galleryWithoutPicturesSaysWhereTheyComeFrom() {
  var state = studio(80, 24)
  press(&state, escape, letter("2"))
  expectSnapshot(render(state), "gallery-empty-80x24")
  press(&state, letter("/"))
  type(&state, "wolf")
  expectSnapshot(render(state), "gallery-filter-80x24")
}

@Test(arguments: sizes)
func viewerWithARecipe(size: CellSize) {
  var state = studio(size.columns, size.rows, pictures: 30)
  press(&state, escape, letter("2"), letter("l"), enter, letter("i"), letter("+"), letter("+"))
  expectSnapshot(render(state), name("viewer", size))
}

@Test(arguments: sizes)
func modelsSayWhatTheyAre(size: CellSize) {
  var state = studio(size.columns, size.rows)
  press(&state, escape, letter("3"), letter("j"))
  expectSnapshot(render(state), name("models", size))
}

@Test(arguments: [100, 120, 200])
func aModelsFiguresNeverHideItsName(columns: Int) {
  var state = studio(columns, 30)
  state.engines[0].models[0].memory = 235_000_000
  press(&state, escape, letter("3"))
  let lines = render(state).plainText.split(separator: "\n")
  #expect(lines.contains { $0.contains("● scenes ") && $0.contains("9.4 M parameters") })
}

@Test(arguments: sizes)
func settingsShowTheirDefaults(size: CellSize) {
  var state = studio(size.columns, size.rows)
  press(&state, escape, letter("5"))
  expectSnapshot(render(state), name("settings", size))
}

@Test(arguments: sizes)
func popupsLieOverTheScreen(size: CellSize) {
  var state = paintingStudio(size.columns, size.rows)
  press(&state, KeyPress(.function(1)))
  expectSnapshot(render(state), name("help", size))
  press(&state, escape, alt("x"))
  type(&state, "gal")
  expectSnapshot(render(state), name("palette", size))
  press(&state, escape, control("r"))
  expectSnapshot(render(state), name("recall", size))
  press(&state, escape, escape, letter("2"), letter("e"))
  expectSnapshot(render(state), name("export", size))
  if let request = exportRequest(state) {
    _ = update(&state, .exportRefused(request, existing: ["31-a-red-fox.png"]))
  }
  expectSnapshot(render(state), name("export-refused", size))
}

private func exportRequest(_ state: AppState) -> ExportRequest? {
  var state = state
  for effect in press(&state, enter) {
    if case .export(let request) = effect { return request }
  }
  return nil
}
