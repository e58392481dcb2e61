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
  /// A picture of the training run; `revision` rises with every new one.
  case training(TrainingPicture, revision: Int)
  /// Put together from other pictures; `revision` rises with every change of how.
  case composed(PictureComposition, revision: Int)

  /// What this is a revision of, and which, where newer ones take its place: until the newest is ready,
  /// an older one of the same series stands in for it.
  public var series: (of: PictureKey, revision: Int)? {
    switch self {
    case .preview(let job, let index, let revision):
      (.preview(job, index: index, revision: 0), revision)
    case .training(let picture, let revision): (.training(picture, revision: 0), revision)
    case .composed(let composition, let revision):
      (.composed(composition.series, revision: 0), revision)
    case .image, .thumbnail, .result, .heat: nil
    }
  }
}

/// What a training run shows of itself.
public enum TrainingPicture: String, Hashable, Sendable, CaseIterable {
  /// What it logged, as charts.
  case curves
  /// Its newest sheet of samples.
  case samples
}
