import EaselApp
import EaselKit

/// Models: installed, checked, removed. What takes its time is a stream that is read to its end, or until
/// somebody stops it.
extension Runtime {
  func carryOut(_ wish: ModelsWish) {
    switch wish {
    case .look:
      perform { services, mailbox in
        if let news = await services.unfinishedModels() { mailbox.post(.models(news)) }
      }
    case .plan(let source):
      perform { services, mailbox in
        do { mailbox.post(.models(.planned(try await services.planModel(source)))) } catch {
          mailbox.post(.problem(Failure(error)))
        }
      }
    case .install(let source):
      follow(.install(source: source)) { try $0.installModel(source) }
    case .verify(let name, let path):
      follow(.verify(name: name)) { try $0.verifyModel(name, path) }
    case .stop(let task): modelWork.removeValue(forKey: task)?.cancel()
    case .remove(let name):
      perform { services, mailbox in
        do { mailbox.post(.models(.removed(try await services.removeModel(name)))) } catch {
          mailbox.post(.problem(Failure(error)))
        }
      }
    case .restore(let model):
      perform { services, mailbox in
        do {
          try await services.restoreModel(model)
          mailbox.post(.models(.restored(model)))
        } catch {
          mailbox.post(.problem(Failure(error)))
        }
      }
    }
  }

  /// The studio rests meanwhile: nobody's next step waits for the end of a download.
  private func follow(
    _ task: ModelTask,
    _ begin: @escaping @Sendable (Services) throws -> AsyncThrowingStream<ModelEvent, any Error>
  ) {
    modelWork[task]?.cancel()
    modelWork[task] = Task { [services, mailbox] in
      do {
        for try await event in try begin(services) {
          if Task.isCancelled { break }
          switch event {
          case .progress(let progress): mailbox.post(.models(.progress(task, progress)))
          case .installed(let model): mailbox.post(.models(.installed(task, model)))
          case .verified(let verdict): mailbox.post(.models(.verified(task, verdict)))
          }
        }
      } catch {
        if !Task.isCancelled { mailbox.post(.models(.failed(task, Failure(error)))) }
      }
    }
  }
}
