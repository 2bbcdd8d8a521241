import CLinuxShims
import EtherFabric
import Glibc

/// The processor cores that this thread may use.
public enum CPU {
  // 8192 cores: the largest that Linux is built for.
  private static let words = 128

  /// The cores in the calling thread's affinity, ascending. Never empty.
  public static var available: [Int] {
    var mask = [UInt64](repeating: 0, count: words)
    guard lab_affinity(&mask, Int32(words)) > 0 else { return [0] }
    return (0..<words * 64).filter { mask[$0 / 64] >> UInt64($0 % 64) & 1 == 1 }
  }

  /// The core that the calling thread runs on at this moment.
  public static var current: Int { Int(max(0, lab_current_core())) }

  /// Pins the calling thread to one core, until it is pinned again or ends.
  ///
  /// - Throws: `EINVAL` where the core does not exist or is outside the process's cpuset.
  public static func pin(to core: Int) throws(EtherFabricError) {
    var mask = [UInt64](repeating: 0, count: words)
    let result = lab_pin(Int32(clamping: core), &mask, Int32(words))
    guard result >= 0 else {
      throw .call(
        "CPU.pin", result, "this thread cannot run on core \(core)",
        remedy: "The cores it may use are \(available.map(String.init).joined(separator: ", ")).")
    }
  }

  /// Runs `body` with the calling thread pinned to `core`, then restores its affinity.
  public static func pinned<T>(to core: Int, _ body: () throws -> T) throws -> T {
    var before = [UInt64](repeating: 0, count: words)
    _ = lab_affinity(&before, Int32(words))
    try pin(to: core)
    defer { _ = lab_set_affinity(before, Int32(words)) }
    return try body()
  }
}
