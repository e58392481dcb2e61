import CScreen
public import EaselKit
public import EaselScreen

extension Capabilities {
  /// Asks the terminal what it can do without taking it: the mode is as before afterwards, and
  /// nothing is drawn. For commands that print one picture, and for reports.
  ///
  /// Throws `Failure(.unsupported)` where input or output is no terminal. Keys that are typed
  /// meanwhile are lost.
  public static func ask(_ options: TerminalOptions) throws(Failure) -> Capabilities {
    try Startup.askOnly(options)
  }
}

extension TerminalSize {
  /// The size of the terminal behind a descriptor; nil where it does not tell.
  public init?(descriptor: Int32) {
    var window = cs_window()
    guard cs_window_size(descriptor, &window), window.rows > 0, window.columns > 0 else {
      return nil
    }
    self.init(cells: CellSize(columns: Int(window.columns), rows: Int(window.rows)))
    if window.width > 0, window.height > 0 {
      cellWidth = Int(window.width / window.columns)
      cellHeight = Int(window.height / window.rows)
    }
  }
}
