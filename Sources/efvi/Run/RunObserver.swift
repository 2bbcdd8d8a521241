import Glibc
import LiveCounters

/// Follows the live counters of the program's processes, for those that end by a signal and write no report. A page can
/// be read when its process has gone.
final class RunObserver {
  /// Names the run: what the processes have in their environment.
  private let mark: [UInt8]
  private var pages: [String: LivePage] = [:]
  private var isOurs: [Int32: Bool] = [:]

  init(mark: String) { self.mark = Array(mark.utf8) }

  /// Looks for pages that have come since.
  func look() {
    for page in RunningPages.all() where pages[Self.key(page)] == nil && belongs(page.process) {
      pages[Self.key(page)] = page
    }
  }

  /// The counters of processes that a report does not speak of.
  func text(besides report: String) -> String {
    pages.values.filter { !report.contains("process \($0.process) ") }.sorted { $0.opened < $1.opened }.map { page in
      StatsReport(page: page, reading: page.read(), last: nil, showsAll: false).text
    }.joined()
  }

  private func belongs(_ process: Int32) -> Bool {
    if let known = isOurs[process] { return known }
    let isOurs = environment(of: process).split(separator: 0).contains { $0.suffix(mark.count).elementsEqual(mark) }
    self.isOurs[process] = isOurs
    return isOurs
  }

  private func environment(of process: Int32) -> [UInt8] {
    guard let file = fopen("/proc/\(process)/environ", "r") else { return [] }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
    return bytes
  }

  private static func key(_ page: LivePage) -> String { "\(page.process) \(page.opened) \(page.device)" }
}
