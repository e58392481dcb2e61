import EaselApp
import EaselKit

/// What the viewer asks of the world.
extension Runtime {
  /// Finds the pixels that a retouch starts from. The state holds names and never pixels.
  func retouch(_ key: PictureKey, _ what: Retouch, _ request: GenerationRequest) {
    perform { services, mailbox in
      do {
        guard let picture = await self.picture(key) else {
          throw Failure(
            .notFound, "the picture to retouch is not at hand", hint: "look at it in the gallery")
        }
        var request = request
        let base = try services.retouch(picture, what, request)
        self.shelf.keep(base)
        request.base = base
        request.base?.picture = nil
        request.base?.mask = nil
        mailbox.post(.retouchReady(request))
      } catch {
        mailbox.post(.problem(Failure(error)))
      }
    }
  }

  func copyPath(of id: ImageID) {
    let surface = surface
    perform { services, mailbox in
      do {
        let path = try await services.file(id)
        try await surface.copyText(path)
        mailbox.post(.news("copied \(path)"))
      } catch {
        mailbox.post(.problem(Failure(error)))
      }
    }
  }

  /// Beside everything else, and nothing waits for it: not even quitting.
  func openOutside(_ id: ImageID) {
    Task { [services, mailbox] in
      do {
        let path = try await services.file(id)
        let program = try await services.openOutside(path)
        mailbox.post(.news("\(id) is opened with \(program)"))
      } catch {
        mailbox.post(.problem(Failure(error)))
      }
    }
  }

  /// A newer time replaces an older one. Nothing is under way meanwhile: the studio rests.
  func turnSlide(after seconds: Double, _ number: Int) {
    sliding?.cancel()
    sliding = Task { [mailbox] in
      try? await Task.sleep(for: .seconds(seconds))
      if !Task.isCancelled { mailbox.post(.slideDue(number)) }
    }
  }
}
