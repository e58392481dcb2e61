import EaselApp
import EaselKit

/// What is written outside the history: exports and the draft.
extension Runtime {
  func export(_ request: ExportRequest) {
    perform { services, mailbox in
      do {
        switch try await services.export(request) {
        case .written(let files): mailbox.post(.exported(request, files: files))
        case .refused(let existing): mailbox.post(.exportRefused(request, existing: existing))
        }
      } catch {
        mailbox.post(.exportFailed(request, Failure(error)))
      }
    }
  }

  /// A table of paintings as one picture.
  func export(_ table: TablePicture) {
    tell { services in
      var cells: [Picture?] = []
      for key in table.cells {
        if let key { cells.append(await self.picture(key)) } else { cells.append(nil) }
      }
      return .tableExported(try await services.exportTable(cells, table))
    }
  }

  /// Writes drafts one after the other; those that a newer one overtook are skipped.
  func save(_ newest: Draft) {
    draft = newest
    guard !isWritingDraft else { return }
    isWritingDraft = true
    mailbox.began()
    Task { [mailbox] in
      while let next = self.takeDraft() {
        do { try await services.saveDraft(next) } catch {
          mailbox.post(.problem(Failure(error)))
        }
      }
      mailbox.finished()
    }
  }

  func takeDraft() -> Draft? {
    defer { draft = nil }
    if draft == nil { isWritingDraft = false }
    return draft
  }
}
