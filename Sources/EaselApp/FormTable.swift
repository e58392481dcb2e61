public import EaselKit

/// A form whose settings have several values, as the table of pictures that it makes. Both Compose and
/// `easel paint --sweep` paint from this.
extension Form {
  /// Takes the values of a setting; one value is no table. Each must be one that the setting accepts.
  public mutating func sweep(_ field: FormField, _ values: [String]) throws(Failure) {
    guard field != .count else {
      throw Failure(
        .badInput, "count takes one value", hint: "a table has one picture for each pair of values")
    }
    var form = self
    for value in values { try form.set(field, value) }
    let others = sweeps.keys.filter { $0 != field }
    guard others.count < 2 else {
      let names = others.map { $0.title.lowercased() }.sorted().joined(separator: " and ")
      throw Failure(
        .badInput, "a table has two sides: \(names) vary already",
        hint: "Backspace on one of them gives it one value")
    }
    if values.count == 1 {
      self = form
      sweeps[field] = nil
    } else {
      sweeps[field] = values
    }
  }

  /// A picture of a table: its settings, and where it stands.
  public struct Cell: Hashable, Sendable {
    /// One value of each setting, and one picture.
    public var form: Form
    public var column: Int
    public var row: Int
  }

  /// The sides of the table and its pictures, row by row.
  ///
  /// - Parameter across: the setting of the columns; nil takes the one that stands first in the form.
  public func table(across: FormField? = nil) throws(Failure) -> (series: Series, cells: [Cell]) {
    var fields = FormField.allCases.filter { sweeps[$0] != nil }
    if let across, let at = fields.firstIndex(of: across) { fields.swapAt(0, at) }
    guard (1...2).contains(fields.count) else {
      throw Failure(
        .badInput, "a table has two sides, and \(fields.count) settings have several values",
        hint: "Backspace on a setting gives it one value")
    }
    var series = Series()
    series.columns = sweeps[fields[0]] ?? []
    series.columnTitle = fields[0].title.lowercased()
    if fields.count > 1 {
      series.rows = sweeps[fields[1]] ?? []
      series.rowTitle = fields[1].title.lowercased()
    }
    let count = series.columns.count * max(1, series.rows.count)
    guard count <= ValueList.mostPictures else {
      throw Failure(
        .badInput, "that would be \(count) pictures", hint: "up to \(ValueList.mostPictures)")
    }
    var cells: [Cell] = []
    for row in 0..<max(1, series.rows.count) {
      for (column, value) in series.columns.enumerated() {
        var form = self
        form.sweeps = [:]
        form.count = 1
        try form.set(fields[0], value)
        if fields.count > 1 { try form.set(fields[1], series.rows[row]) }
        cells.append(Cell(form: form, column: column, row: row))
      }
    }
    return (series, cells)
  }
}
