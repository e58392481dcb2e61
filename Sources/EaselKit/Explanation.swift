/// Why a picture looks as it does: where each word of the prompt was looked for, and when and how surely
/// each cell was decided.
///
/// Cells are the tokens of the picture, row by row from the top left. Everything is in 8 bits: a value v
/// of a map stands for v / 255 · `scale`.
public struct Explanation: Hashable, Sendable {
  /// A map over the cells.
  public struct HeatMap: Hashable, Sendable {
    /// The value of 255: the largest share of attention that a cell gave.
    public var scale: Float
    public var values: [UInt8]
    public init(scale: Float, values: [UInt8]) {
      self.scale = scale
      self.values = values
    }
    /// Quantises `shares`, each at least 0.
    public init(_ shares: [Float]) {
      let top = shares.reduce(0, max)
      scale = top
      values = shares.map { top > 0 ? UInt8(max(0, min(255, ($0 / top * 255).rounded()))) : 0 }
    }
    public func value(_ cell: Int) -> Float { Float(values[cell]) / 255 * scale }
  }

  public struct Word: Hashable, Sendable {
    public var text: String
    /// Averaged over steps, layers and heads.
    public var map: HeatMap
    /// The same of each step alone, averaged over layers and heads.
    public var steps: [HeatMap]
    public init(text: String, map: HeatMap, steps: [HeatMap]) {
      self.text = text
      self.map = map
      self.steps = steps
    }
  }

  public var columns: Int
  public var rows: Int
  /// Steps that were painted.
  public var steps: Int
  /// Of the prompt, in order; parts of one word are one.
  public var words: [Word]
  /// The probability that the model gave the code of each cell when it was fixed, times 255.
  public var certainty: [UInt8]
  /// The step at which each cell was fixed, from 1; 0 where it was given from the start.
  public var order: [UInt16]

  public init(
    columns: Int, rows: Int, steps: Int, words: [Word], certainty: [UInt8], order: [UInt16]
  ) {
    self.columns = columns
    self.rows = rows
    self.steps = steps
    self.words = words
    self.certainty = certainty
    self.order = order
  }

  public var cells: Int { columns * rows }
}
