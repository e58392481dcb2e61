import EaselImaging
import EaselKit
import EaselMuse
import EaselTensor
import Foundation
import Testing

@Suite("WebDataset shards", .serialized)
struct ShardExportTests {
  private func samples(
    _ folder: DataFolder, size: Int = 4, count: Int = 10, overwriting: Bool = false
  )
    throws -> [ShardExport.Written]
  {
    let export = try ShardExport(to: folder.path + "/s", shardSize: size, overwriting: overwriting)
    return try export.write(.training, count: count) { i in
      ShardSample(
        name: "n\(i)", captions: ["ein Fuchs \(i) 🦊", "a fox \(i)"],
        bytes: try encodePNG(landscape(UInt64(i))), ending: "png",
        size: PixelSize(width: 64, height: 48))
    }
  }

  @Test("What is exported comes back: pictures, all captions, split; the same bytes on any threads")
  func roundTrip() throws {
    let folder = try DataFolder()
    let written = try samples(folder)
    #expect(written.map(\.samples) == [4, 4, 2])
    #expect(
      written.map { $0.path.split(separator: "/").last } == [
        "training-000000.tar", "training-000001.tar", "training-000002.tar",
      ])
    let source = try ShardSource([folder.path + "/s"])
    let (records, bad) = try items(source)
    #expect(bad.isEmpty && records.count == 10)
    for (i, record) in records.enumerated() {
      try #require(try record.bytes() == encodePNG(landscape(UInt64(i))))
      let cleaned = CaptionCleaning().cleaned(record.captions).captions
      try #require(cleaned == ["ein Fuchs \(i) 🦊", "a fox \(i)"] && record.part == .training)
    }
    let before = try written.map { try folder.bytes("s/" + $0.path.suffix(19)) }
    let threads = Parallel.threads
    defer { Parallel.threads = threads }
    Parallel.threads = 1
    let again = try samples(folder, overwriting: true)
    #expect(try again.map { try folder.bytes("s/" + $0.path.suffix(19)) } == before)
  }

  @Test("A folder with shards is refused; overwriting leaves none of the old ones")
  func collisions() throws {
    let folder = try DataFolder()
    _ = try samples(folder, size: 2)
    try folder.write("mine", "s/training-notes.tar")
    let failure = #expect(throws: Failure.self) { try samples(folder) }
    #expect(failure?.hint?.contains("--overwrite") == true)
    _ = try samples(folder, size: 10, overwriting: true)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path + "/s").sorted()
        == ["training-000000.tar", "training-notes.tar"])
  }

  @Test(
    "The system's tar lists what was written",
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/tar")))
  func systemTar() throws {
    let folder = try DataFolder()
    let path = try samples(folder)[2].path
    let process = Process(), pipe = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/tar")
    process.arguments = ["-tf", path]
    process.standardOutput = pipe
    try process.run()
    let listed = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(
      listed.split(separator: "\n")
        == ["8.png", "8.txt", "8.json", "9.png", "9.txt", "9.json"].map {
          "00000000" + $0
        })
  }

  @Test("Pictures of a set go into shards as they are stored, raw ones as PNG")
  func stored() throws {
    let folder = try DataFolder()
    for form in StoredForm.allCases {
      let records = (0..<3).map { i in
        DataRecord(name: "n\(i)", captions: ["c\(i)"], content: .drawn { landscape(UInt64(i)) })
      }
      let set = try prepare(
        ListedSource(kind: "list", records), to: "\(folder.path)/\(form.name).easeldata",
        smallSettings { $0.form = form })
      for number in 0..<3 {
        let sample = try set.sample(number, encodePNG: testTools.encodePNG)
        #expect(sample.ending == (form == .jpeg ? "jpg" : "png"))
        #expect(try uprightPicture(sample.bytes) == set.picture(number))
        #expect(sample.captions == ["c" + sample.name.dropFirst()])
      }
    }
  }
}
