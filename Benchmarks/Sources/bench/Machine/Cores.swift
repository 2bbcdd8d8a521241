import NetworkLab

/// The two cores that things are pinned to.
struct Cores {
  /// The measured loop's.
  let here: Int
  /// The other end's.
  let there: Int

  /// Nil where this process may use one core only.
  init?() {
    let available = CPU.available
    guard available.count >= 2 else { return nil }
    here = available[0]
    there = available[1]
  }

  var text: String { "cores \(here) and \(there)" }
}

/// What every benchmark is given.
struct Bench {
  let isQuick: Bool
  let cores: Cores?
  let report: Report

  /// Where what has one thread runs.
  var pinning: String { cores.map { "core \($0.here)" } ?? "not pinned" }

  func rounds(_ quick: Int, _ full: Int) -> Int { isQuick ? quick : full }

  /// Two cores, or nil after saying that `what` needs them.
  func needCores(_ what: String) -> Cores? {
    if cores == nil { report.skip(what, "it spins on two cores, and this process may use one") }
    return cores
  }
}

struct BenchmarkError: Error, CustomStringConvertible {
  var reason: String
  var description: String { reason }
}
