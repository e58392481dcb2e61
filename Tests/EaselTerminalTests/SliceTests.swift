import CScheduling
import Foundation
import Testing

/// The calling thread's own slices, in a thread of its own.
private func onThread(_ body: @escaping @Sendable () -> UInt64) async -> UInt64 {
  await withCheckedContinuation { continuation in
    Thread { continuation.resume(returning: body()) }.start()
  }
}

@Test(
  "A thread has the slices it asks for, and others keep theirs",
  .enabled(if: scheduling_slice() > 0, "this system does not say how long slices are"))
func slices() async {
  let usual = scheduling_slice()
  for wanted in [SCHEDULING_SHORTEST_SLICE, SCHEDULING_LONGEST_SLICE].map({ UInt64($0) }) {
    let got = await onThread {
      scheduling_ask_slice(wanted) ? scheduling_slice() : 0
    }
    #expect(got == wanted)
  }
  #expect(await onThread { scheduling_slice() } == usual)
}
