import CKernels

/// The kernels' side of the machine.
public enum Kernels {
  /// Name of the path in use: "avx512", "avx2", "neon" or "scalar".
  public static var path: String { String(cString: ck_path_name(ck_path())) }

  /// Floating-point operations that one core can do in `rounds` rounds of the peak loop; run it to
  /// learn how long they take.
  public static func runPeak(rounds: Int) -> Double {
    let sum = ck_peak(rounds)
    // Using the sum keeps the loop.
    return sum.isFinite ? Double(rounds) * 12 * 2 * Double(ck_lanes()) : 0
  }
}
