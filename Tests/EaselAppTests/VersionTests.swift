import EaselApp
import EaselKit
import EaselScreen
import EaselTestSupport
import Testing

private func version(
  _ name: String, from parent: String?, _ prompt: String, seed: UInt64 = 1, steps: Int = 12,
  pictures: Int = 1
) -> PictureVersion {
  var request = GenerationRequest(prompt: prompt, steps: steps, seed: seed, count: pictures)
  request.parent = parent
  let number = Int64(name.unicodeScalars.reduce(0) { $0 * 31 + Int($1.value) }) * 10
  let items = (0..<pictures).map { index in
    var picture = item(number + Int64(index))
    picture.isFavourite = false
    picture.recipe.request = request
    picture.recipe.generation = name
    return picture
  }
  return PictureVersion(generation: name, parent: parent, request: request, pictures: items)
}

private let line = [
  version("a", from: nil, "a fox"), version("b", from: "a", "a red fox", pictures: 3),
  version("c", from: "b", "a red fox at night"), version("d", from: "b", "a red fox, flat"),
  version("e", from: "d", "a red fox, flat", steps: 24),
]

@Test func aBranchStandsBeforeWhatGoesOn() {
  let rows = versionRows(line, leadingTo: "e")
  #expect(rows.map(\.version.generation) == ["a", "b", "c", "d", "e"])
  #expect(rows.map(\.depth) == [0, 0, 1, 0, 0])
  #expect(rows.map(\.parent) == [nil, 1, 2, 2, 4])
  // Coming from the branch, the other one is the branch.
  let others = versionRows(line, leadingTo: "c")
  #expect(others.map(\.version.generation) == ["a", "b", "d", "e", "c"])
  #expect(others.map(\.depth) == [0, 0, 1, 1, 0])
}

@Test func theSameWordsWithAnotherSeedAreOneVersion() {
  let again =
    line + [
      version("f", from: "b", "a red fox", seed: 9, pictures: 2),
      version("g", from: "f", "a red fox at night", seed: 5), version("h", from: "g", "a hare"),
    ]
  let rows = versionRows(again, leadingTo: "h")
  #expect(rows.map(\.version.generation) == ["a", "b", "d", "e", "c", "h"])
  #expect(rows[1].version.pictures.count == 5)
  #expect(rows[4].version.pictures.count == 2)
}

@Test func recipesThatNameEachOtherEnd() {
  let circle = [version("a", from: "b", "a fox"), version("b", from: "a", "a hare")]
  #expect(versionRows(circle, leadingTo: "b").map(\.version.generation) == ["a", "b"])
  #expect(versionRows([version("a", from: "a", "a fox")], leadingTo: "a").count == 1)
}

@Test(arguments: [
  ("a red fox", "a blue fox at night", "a −red +blue fox +at night"),
  ("a fox, flat", "a fox", "a fox −, flat"), ("", "雪 狐", "+雪 狐"), ("a b", "a b", "a b"),
])
func changedWordsStandWhereTheyChanged(old: String, new: String, expected: String) {
  let changes = wordChanges(from: old, to: new)
  let text = changes.map { change in
    (change.kind == .added ? "+" : change.kind == .removed ? "−" : "") + change.text
  }.joined(separator: " ")
  #expect(text == expected)
}

private func parents(_ state: AppState) -> [String?] { state.jobs.map(\.request.parent) }

@Test func whatIsPaintedNextGoesOnFromWhatWasPainted() {
  var state = studio(prompt: "a fox")
  press(&state, enter)
  type(&state, " at night")
  press(&state, enter)
  let first = state.jobs[0].id.generation(in: 0), second = state.jobs[1].id.generation(in: 0)
  #expect(parents(state) == [nil, first])
  #expect(state.draft.origin == second)
  // An emptied prompt begins a new line.
  press(&state, control("u"))
  type(&state, "a hare")
  press(&state, enter)
  #expect(parents(state) == [nil, first, nil])
  // The same words with a new seed go on from the picture on the canvas.
  press(&state, escape, letter("a"))
  #expect(parents(state).last == state.compose.shown.map { $0.job.generation(in: 0) })
}

@Test func takenRecipesAreGoneOnFrom() {
  var state = studio(pictures: 5)
  press(&state, escape, letter("2"), letter("r"))
  type(&state, " at night")
  press(&state, enter)
  #expect(parents(state) == [state.gallery.items[0].recipe.generation])
}

private func versionsStudio(_ columns: Int, _ rows: Int) -> AppState {
  var state = studio(columns, rows, pictures: 5)
  press(&state, escape, letter("2"))
  let effects = press(&state, letter("L"))
  let generation = state.gallery.items[0].recipe.generation
  #expect(effects == [.loadVersions(generation)])
  let wide = [
    version("a", from: nil, "雪の中の赤い狐, a fox in deep snow under tall trees"),
    version("b", from: "a", "雪の中の赤い狐, a red fox in deep snow under very tall trees at night"),
    version("c", from: "b", "雪の中の赤い狐, a red fox in deep snow", steps: 24, pictures: 4),
    PictureVersion(
      generation: generation, parent: "b",
      request: GenerationRequest(prompt: "a 👩‍🎨 painting a red fox", seed: 3)),
  ]
  _ = update(&state, .versionsLoaded(generation, wide))
  return state
}

@Test(arguments: sizes + [CellSize(columns: 40, rows: 10), CellSize(columns: 100, rows: 30)])
func versionsShowWhatChangedAndWhatItGave(size: CellSize) {
  expectSnapshot(
    render(versionsStudio(size.columns, size.rows)), name("versions", size),
    roles: size.columns == 100)
}

@Test func aVersionIsWrittenOnComparedAndMarked() {
  var state = versionsStudio(120, 36)
  #expect(state.versions?.current?.version.request.prompt == "a 👩‍🎨 painting a red fox")
  press(&state, letter("c"))
  #expect(state.notice?.text == "only where both versions have a picture")
  press(&state, letter("k"), letter("c"))
  #expect(state.route == .compare && state.comparison.entries.count == 2)
  press(&state, escape)
  #expect(state.route == .versions)
  press(&state, letter("l"), letter("f"))
  #expect(state.versions?.rows?[2].version.pictures[1].isFavourite == true)
  press(&state, letter("u"))
  #expect(state.versions?.rows?[2].version.pictures[1].isFavourite == false)
  let made = state.versions?.current?.version.generation
  press(&state, letter("r"))
  #expect(state.route == .compose && state.compose.form.steps == 24)
  #expect(state.compose.origin == made)
}

@Test func aLateAnswerAboutAnotherLineChangesNothing() {
  var state = versionsStudio(120, 36)
  let before = state
  _ = update(&state, .versionsLoaded("other", []))
  #expect(state == before)
  press(&state, escape)
  #expect(state.route == .gallery)
}

/// On the canvas, another picture of the batch is looked at than the gallery's newest.
@Test func theLineOfThePictureOnTheCanvasStandsOnThatPicture() throws {
  var state = studio(prompt: "a fox", pictures: 5)
  state.compose.form.count = 2
  press(&state, enter)
  let job = try #require(state.jobs.last)
  let generation = job.id.generation(in: 0)
  var pictures: [HistoryItem] = []
  for index in 0..<2 {
    var picture = item(Int64(50 + index))
    picture.recipe.generation = generation
    pictures.append(picture)
    _ = update(&state, .engine(job.id, painted(index, seed: 1)))
    _ = update(&state, .stored(job.id, index: index, picture))
  }
  press(&state, escape)
  let shown = try #require(state.compose.shown?.index)
  #expect(press(&state, letter("L")) == [.loadVersions(generation)])
  let version = PictureVersion(
    generation: generation, parent: nil, request: job.request, pictures: pictures)
  _ = update(&state, .versionsLoaded(generation, [version]))
  #expect(state.versions?.rows?[0].picture == shown)
  #expect(shown == 1)
}

/// What is being painted is in no history yet, nor may be what it goes on from.
@Test func theLineOfWhatIsBeingPaintedIsSeen() throws {
  var state = studio(120, 36, prompt: "a fox", pictures: 5)
  press(&state, enter)
  let first = try #require(state.jobs.last)
  var picture = item(50)
  picture.recipe.generation = first.id.generation(in: 0)
  _ = update(&state, .engine(first.id, painted(0, seed: 1)))
  _ = update(&state, .stored(first.id, index: 0, picture))
  _ = update(&state, .ended(first.id))
  for word in [" in the snow", " at night"] {
    type(&state, word)
    press(&state, enter)
  }
  let names = state.jobs.map { $0.id.generation(in: 0) }
  state.compose.shown = .init(job: state.jobs[2].id, index: 0)
  press(&state, escape)
  #expect(press(&state, letter("L")) == [.loadVersions(names[0])])
  let stored = PictureVersion(
    generation: names[0], parent: nil, request: first.request, pictures: [picture])
  _ = update(&state, .versionsLoaded(names[0], [stored]))
  #expect(state.versions?.rows?.map(\.version.generation) == names)
  #expect(state.versions?.selected == 2 && shown(state).contains("not painted yet"))
  press(&state, letter("e"))
  #expect(state.notice?.text == "not painted yet")

  // The second one is finished meanwhile, and the line read anew with the cursor where it is.
  press(&state, letter("k"))
  var next = item(51)
  next.recipe.generation = names[1]
  _ = update(&state, .engine(state.jobs[1].id, painted(0, seed: 1)))
  let effects = update(&state, .stored(state.jobs[1].id, index: 0, next))
  #expect(effects == [.loadVersions(names[0])])
  let second = PictureVersion(
    generation: names[1], parent: names[0], request: state.jobs[1].request, pictures: [next])
  _ = update(&state, .versionsLoaded(names[0], [stored, second]))
  #expect(state.versions?.rows?.map(\.version.generation) == names)
  #expect(state.versions?.current?.version.pictures.map(\.id) == [next.id])
}

private func shown(_ state: AppState) -> String { render(state).plainText }
