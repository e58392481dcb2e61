import ArgumentParser
import EaselImaging
import EaselKit
import EaselMuse
import EaselScreen
import Foundation

struct DataCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Make captioned pictures to learn from.",
    subcommands: [
      Scenes.self, Coco.self, Folder.self, Table.self, Webdataset.self, History.self, Info.self,
      Export.self,
    ])
}

/// `n` with leading zeros.
func padded(_ n: Int, _ digits: Int) -> String {
  let text = "\(n)"
  return String(repeating: "0", count: max(0, digits - text.count)) + text
}
