import EaselKit
import EaselMuse
import Foundation
import Testing

@Suite("Asking a run through its folder")
struct TrainingControlTests {
  @Test("No word overwrites another, and each is done once")
  func words() throws {
    let folder = try TinyModel.folder("control")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let control = TrainingControl(folder: folder)
    for word in TrainingControl.Word.allCases {
      #expect(!control.isAsked(word))
      try control.ask(word)
      try control.ask(word)
    }
    #expect(TrainingControl.Word.allCases.allSatisfy { control.isAsked($0) })
    #expect(try control.clear(.save))
    #expect(try !control.clear(.save))
    #expect(control.isAsked(.pause) && control.isAsked(.stop) && !control.isAsked(.save))
    try control.clearAll()
    #expect(TrainingControl.Word.allCases.allSatisfy { !control.isAsked($0) })
    #expect(throws: Failure.self) {
      try TrainingControl(folder: folder + "/missing").ask(.stop)
    }
  }

  @Test("A folder is claimed by one at a time, for as long as the claim lives")
  func claim() throws {
    let folder = try TinyModel.folder("claim")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    do {
      let first = try TrainingClaim(folder: folder)
      let refused = #expect(throws: Failure.self) { try TrainingClaim(folder: folder) }
      #expect(refused?.what.contains("process \(getpid()) is training") == true)
      withExtendedLifetime(first) {}
    }
    withExtendedLifetime(try TrainingClaim(folder: folder)) {}
  }
}
