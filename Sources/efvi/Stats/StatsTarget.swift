import EtherFabric
import Glibc
import LiveCounters

/// What a user names to look at.
enum StatsTarget {
  /// The pages of a process or device, at least one.
  static func pages(_ target: String?) throws(EtherFabricError) -> [LivePage] {
    guard let target, let process = Int32(target), process > 0 else { return try pages(device: target ?? "") }
    do throws(PageRefusal) {
      let pages = try RunningPages.pages(of: process)
      guard !pages.isEmpty else {
        throw PageRefusal(errno: ENOENT, reason: "process \(process) has no adapter open that shows its counters")
      }
      return pages
    } catch {
      throw EtherFabricError("efvi stats", errno: error.errno, reason: error.reason, remedy: remedy)
    }
  }

  private static func pages(device: String) throws(EtherFabricError) -> [LivePage] {
    let pages = RunningPages.all()
    // A whole device before all that begin with it: emu:switch:1 is not emu:switch:12.
    let whole = pages.filter { $0.device == device || $0.device.hasPrefix(device + ",") }
    let found = whole.isEmpty ? pages.filter { $0.device.hasPrefix(device) } : whole
    guard !found.isEmpty else {
      throw EtherFabricError(
        "efvi stats", errno: ENOENT, reason: "no running process has a device '\(device)'", remedy: remedy)
    }
    return found
  }

  private static let remedy = "See efvi stats --list."
}
