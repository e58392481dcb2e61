/// Names a picture that can be shown, so that screens hold names and never pixels.
public enum PictureKey: Hashable, Sendable {
  /// A picture of the history at full size.
  case image(ImageID)
  /// A picture of the history, small.
  case thumbnail(ImageID)
  /// The unfinished picture `index` of a job; `revision` rises with every preview.
  case preview(JobID, index: Int, revision: Int)
  /// A finished picture of a job that may not be stored yet.
  case result(JobID, index: Int)
  /// A picture of the history under one of the maps of its explanation, in the order of their names.
  case heat(ImageID, map: Int)
}
