/// One painting in a line of paintings that go on from each other: its words and the pictures they gave.
public struct PictureVersion: Hashable, Sendable {
  /// Names it, as `Recipe.generation` does.
  public var generation: String
  /// What it went on from; nil at the beginning, or where that is no longer in the library.
  public var parent: String?
  /// How its first picture was made.
  public var request: GenerationRequest
  /// Its pictures outside the trash, in the order they were painted.
  public var pictures: [HistoryItem]

  public init(
    generation: String, parent: String? = nil, request: GenerationRequest,
    pictures: [HistoryItem] = []
  ) {
    self.generation = generation
    self.parent = parent
    self.request = request
    self.pictures = pictures
  }
}
