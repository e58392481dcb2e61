/// What every stage's training is told alike.
public protocol StageTraining {
  /// Steps of the optimiser, and the pictures in each.
  var steps: Int { get set }
  var batch: Int { get set }
  /// The highest of the schedule.
  var learningRate: Float { get set }
  var schedule: TrainingSchedule.Form { get set }
}

extension TokenizerTraining: StageTraining {}
extension PainterTraining: StageTraining {}
extension ClipTraining: StageTraining {}
extension UpscalerTraining: StageTraining {}
