import EaselApp
import EaselKit
import EaselScreen
import EaselTestSupport
import Testing

private func gallery(_ pictures: Int = 12, _ columns: Int = 100, _ rows: Int = 30) -> AppState {
  var state = studio(columns, rows, pictures: pictures)
  press(&state, escape, alt("2"))
  return state
}

@Test func digitsRateAndUndoGivesEveryPictureBackWhatItHad() {
  var state = gallery()
  #expect(press(&state, letter("3")) == [.setRating([ImageID(12)], 3)])
  #expect(state.route == .gallery)
  #expect(state.notice == Notice("#12 rated ★★★", .success))
  press(&state, letter(" "), letter(" "))
  // One of the two has three stars already; nothing is written for what does not change.
  #expect(press(&state, letter("3")) == [.setRating([ImageID(11)], 3)])
  #expect(press(&state, letter("5")) == [.setRating([ImageID(12), ImageID(11)], 5)])
  #expect(state.gallery.items.prefix(2).map(\.rating) == [5, 5])
  press(&state, letter("0"))
  #expect(press(&state, letter("u")) == [.setRating([ImageID(12), ImageID(11)], 5)])
  #expect(press(&state, letter("u")) == [.setRating([ImageID(12), ImageID(11)], 3)])
  #expect(press(&state, letter("u")) == [.setRating([ImageID(11)], 0)])
  #expect(press(&state, letter("u")) == [.setRating([ImageID(12)], 0)])
  #expect(state.gallery.items.allSatisfy { $0.rating == 0 })
}

@Test func digitsInAnEmptyGalleryGoNowhereAndSayWhy() {
  var state = gallery(0)
  press(&state, letter("3"))
  #expect(state.route == .gallery)
  #expect(state.notice == Notice("no picture here", .warning))
  press(&state, alt("3"))
  #expect(state.route == .models)
}

@Test func rejectingIsTakenBackByTheSameKeyAndByUndo() {
  var state = gallery()
  #expect(press(&state, letter("R")) == [.setRejected([ImageID(12)], true)])
  #expect(render(state).plainText.contains("✗"))
  #expect(press(&state, letter("R")) == [.setRejected([ImageID(12)], false)])
  #expect(press(&state, letter("u")) == [.setRejected([ImageID(12)], true)])
  #expect(state.gallery.items[0].isRejected)
}

@Test func marksFarAwayAreRatedAndGetBackWhatTheyHad() {
  var state = gallery()
  let far = (1...3).map {
    LabelledPicture(id: ImageID(Int64(-$0)), labels: Labels(rating: $0 == 3 ? 4 : 1))
  }
  _ = update(&state, .rangeListed(HistoryQuery(), far))
  #expect(
    press(&state, letter("2")) == [.setRating([ImageID(-1), ImageID(-2), ImageID(-3)], 2)])
  #expect(
    press(&state, letter("u")) == [
      .setRating([ImageID(-1), ImageID(-2)], 1), .setRating([ImageID(-3)], 4),
    ])
  let ids = [ImageID(-1), ImageID(-2), ImageID(-3)]
  #expect(press(&state, letter("d")) == [.trash(ids)])
  #expect(press(&state, letter("u")) == [.restore(ids), .rereadHistory])
}

@Test func tagsAreTypedCompletedGivenAndTaken() {
  var state = gallery()
  state.gallery.items[0].tags = ["winter"]
  press(&state, letter(" "), letter(" "))
  #expect(press(&state, letter("t")) == [.loadTags])
  _ = update(
    &state, .tagsLoaded([TagCount("winter", 9), TagCount("snow", 3), TagCount("sea", 1)]))
  type(&state, "s")
  #expect(render(state).plainText.contains("snow"))
  press(&state, KeyPress(.down), tab)
  type(&state, "-w")
  press(&state, tab)
  type(&state, "Deep")
  #expect(
    press(&state, enter) == [
      .changeTags([ImageID(12), ImageID(11)], add: ["deep", "sea"], remove: ["winter"])
    ])
  #expect(state.overlay == nil)
  #expect(state.gallery.items[0].tags == ["deep", "sea"])
  // The first had a tag that the second had not: they get back what they had.
  #expect(
    press(&state, letter("u")) == [
      .changeTags([ImageID(12)], add: ["winter"], remove: ["deep", "sea"]),
      .changeTags([ImageID(11)], add: [], remove: ["deep", "sea"]),
    ])
  #expect(state.gallery.items.prefix(2).map(\.tags) == [["winter"], []])
}

@Test func commasStandBetweenTagsAndAreInNone() {
  var state = gallery()
  state.gallery.items[0].tags = ["winter,"]
  press(&state, letter("t"))
  _ = update(&state, .tagsLoaded([TagCount("snow", 3), TagCount("sea", 1)]))
  type(&state, "Test, tag,s")
  #expect(render(state).plainText.contains("snow"))
  press(&state, KeyPress(.down), tab)
  #expect(render(state).plainText.contains("Test, tag,sea "))
  // A tag of the time when commas were taken for letters goes with its word.
  type(&state, ", -winter,")
  #expect(
    press(&state, enter) == [
      .changeTags([ImageID(12)], add: ["sea", "tag", "test"], remove: ["winter", "winter,"])
    ])
}

@Test func aWordThatCannotBeATagIsSaidAndTheLineStays() {
  var state = gallery()
  press(&state, letter("t"))
  type(&state, "snow ??")
  #expect(press(&state, enter).isEmpty)
  #expect(render(state).plainText.contains("'??' cannot be a tag"))
  press(&state, KeyPress(.backspace), KeyPress(.backspace))
  #expect(press(&state, enter) == [.changeTags([ImageID(12)], add: ["snow"], remove: [])])
}

@Test func aFilterIsKeptFoundAndDeletedAndAllOfItTakenBack() {
  var state = gallery()
  press(&state, letter("S"))
  type(&state, "best")
  press(&state, control("s"))
  #expect(state.notice == Notice("there is no filter to keep: / types one", .warning))
  press(&state, escape, letter("/"))
  type(&state, "rating:>=4")
  press(&state, enter, letter("s"), letter("s"))
  let search = SavedSearch(name: "best", text: "rating:>=4", sort: .best)
  #expect(press(&state, letter("S")) == [.loadSearches])
  type(&state, "best")
  #expect(press(&state, control("s")) == [.saveSearch(search)])
  #expect(state.overlay == nil)
  _ = update(&state, .searchesLoaded([search]))
  press(&state, escape, letter("s"), letter("s"))
  press(&state, letter("S"))
  let effects = press(&state, enter)
  #expect(effects == [.queryHistory(HistoryQuery(text: "rating:>=4", limit: 48, sort: .best))])
  #expect(state.gallery.filter == "rating:>=4" && state.gallery.sort == .best)
  press(&state, letter("S"))
  #expect(press(&state, control("d")) == [.deleteSearch("best")])
  press(&state, escape)
  #expect(press(&state, letter("u")) == [.saveSearch(search)])
  #expect(press(&state, letter("u")) == [.deleteSearch("best")])
}

@Test(arguments: sizes)
func galleryWithRatingsTagsAndAFoldedBatch(size: CellSize) {
  var state = studio(size.columns, size.rows, pictures: 30)
  press(&state, escape, alt("2"), letter("4"), letter("l"), letter("R"), letter("l"), letter("1"))
  state.gallery.items[0].tags = ["snow", "winter"]
  state.gallery.siblings[ImageID(27)] = 4
  press(&state, letter("h"), letter("h"))
  expectSnapshot(render(state), name("gallery-labels", size), roles: size.columns == 80)
  press(&state, letter("t"))
  _ = update(&state, .tagsLoaded([TagCount("fox", 12), TagCount("雪", 3), TagCount("sea", 1)]))
  expectSnapshot(render(state), name("tags", size))
  press(&state, escape, letter("S"))
  _ = update(
    &state,
    .searchesLoaded([
      SavedSearch(name: "best foxes", text: "fox rating:>=4", sort: .best),
      SavedSearch(name: "雪", text: "like:\"snow at night\"", sort: .likeness),
    ]))
  expectSnapshot(render(state), name("searches", size))
}

@Test func theViewerRatesRejectsAndTags() {
  var state = studio(100, 30, pictures: 5)
  press(&state, escape, letter("2"), enter)
  let id = state.gallery.items[0].id
  #expect(press(&state, letter("4")) == [.setRating([id], 4)])
  #expect(state.gallery.items[0].rating == 4)
  #expect(render(state).plainText.contains("★★★★"))
  // The same once more takes it away.
  #expect(press(&state, letter("4")) == [.setRating([id], 0)])
  #expect(press(&state, letter("R")) == [.setRejected([id], true)])
  #expect(press(&state, letter("u")) == [.setRejected([id], false)])
  press(&state, letter("t"))
  type(&state, "snow")
  #expect(press(&state, enter) == [.changeTags([id], add: ["snow"], remove: [])])
  #expect(state.route == .viewer)
  #expect(press(&state, letter("Y")) == [.copyPath(id)])
  press(&state, escape)
  #expect(press(&state, letter("Y")) == [.copyPath(id)])
  #expect(press(&state, letter("O")) == [.openOutside(id)])
}

@Test func theRecipeSaysWhatAPictureStartedFrom() {
  var state = studio(100, 30, pictures: 3)
  state.gallery.items[0].recipe.request.base = BasePicture(
    grey, digest: "", mask: grey, maskDigest: "0", strength: 1)
  state.gallery.items[1].recipe.request.template = "a {red|blue} fox"
  press(&state, escape, letter("2"), letter("i"))
  #expect(render(state).plainText.contains("a picture, in part"))
  press(&state, letter("l"))
  #expect(render(state).plainText.contains("a {red|blue} fox"))
}
