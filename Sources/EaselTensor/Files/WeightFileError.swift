/// What is wrong with a weight file; names the file and, where there is one, the tensor.
public struct WeightFileError: Error, Hashable, Sendable, CustomStringConvertible {
  public var path: String
  public var tensor: String?
  public var what: String
  public init(path: String, tensor: String? = nil, what: String) {
    self.path = path
    self.tensor = tensor
    self.what = what
  }
  public var description: String {
    if let tensor { return "\(path): tensor '\(tensor)': \(what)" }
    return "\(path): \(what)"
  }
}
