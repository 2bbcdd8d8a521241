import Foundation
import NetworkLab

/// What could be left in the process and in the kernel's network of the calling thread.
struct Traces: Equatable {
  /// Descriptors, with what is behind them.
  var descriptors: Set<String>
  var packetSockets: Int
  var unixSockets: Int
  /// Interfaces as `ip -details link` prints them: promiscuity, flags, programs.
  var links: String

  static func now() throws -> Traces {
    func lines(_ path: String) -> Int {
      (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: "\n").count ?? 0
    }
    let numbers = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
    // That of the directory itself is gone by now.
    let descriptors = numbers.compactMap { number in
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(number)")).map { "\(number) \($0)" }
    }
    return Traces(
      // Time limits of tests have timers, which come when they like.
      descriptors: Set(descriptors.filter { !$0.hasSuffix("[timerfd]") }),
      packetSockets: lines("/proc/thread-self/net/packet"),
      unixSockets: lines("/proc/thread-self/net/unix"), links: try IPTool.run("TroubleTests", "-details link show"))
  }

  /// What the kernel has, apart from this process's descriptors.
  var ofTheKernel: Traces {
    var traces = self
    traces.descriptors = []
    return traces
  }

  /// What there is that was not there before; descriptors of an earlier test may have gone meanwhile.
  func additions(to before: Traces) -> [String] {
    descriptors.subtracting(before.descriptors).sorted()
      + (packetSockets == before.packetSockets ? [] : ["\(packetSockets - before.packetSockets) packet sockets"])
      + (unixSockets == before.unixSockets ? [] : ["\(unixSockets - before.unixSockets) unix sockets"])
      + (links == before.links ? [] : [links, "instead of", before.links])
  }
}
