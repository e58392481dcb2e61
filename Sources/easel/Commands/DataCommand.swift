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
