import Foundation
import NetworkLab

/// What could be left in the process and in the kernel's network of the calling thread.
struct Traces: Equatable {
  var descriptors: Int
  var packetSockets: Int
  var unixSockets: Int
  /// Interfaces as `ip -details link` prints them: promiscuity, flags, programs.
  var links: String

  static func now() throws -> Traces {
    func lines(_ path: String) -> Int {
      (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: "\n").count ?? 0
    }
    return Traces(
      descriptors: try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count,
      packetSockets: lines("/proc/thread-self/net/packet"), unixSockets: lines("/proc/thread-self/net/unix"),
      links: try IPTool.run("TroubleTests", "-details link show"))
  }

  /// What the kernel has, apart from this process's descriptors.
  var ofTheKernel: Traces {
    var traces = self
    traces.descriptors = 0
    return traces
  }

  /// Descriptors of an earlier test may have gone meanwhile.
  func isNoMore(than before: Traces) -> Bool {
    ofTheKernel == before.ofTheKernel && descriptors <= before.descriptors
  }
}
