import EtherFabric
import EtherFabricFrames
import Glibc
import Measurement
import NetworkLab
import Synchronization

/// The end that measures, on a thread of its own; the calling thread shows progress.
struct PingSession {
  let driver: Driver
  let addresses: LatencyAddresses
  let amount: LatencyAmount
  let core: Int?
  let sharesCore: Bool
  let mode: SendMode

  /// Measures every size and hands each outcome to the report as it comes.
  func run(_ report: LatencyReport, _ comments: LatencyComments) throws {
    let (driver, core, sharesCore, mode) = (driver, core, sharesCore, mode)
    let (sizes, limits) = (amount.sizes.values, amount.limits)
    let local = addresses.local ?? LatencyAddresses.pingAddress
    let peer = addresses.peer ?? LatencyAddresses.pongAddress
    let port = addresses.port
    let progress = PingProgress()
    let done = StopFlag()
    let box = ResultQueue()
    let thread = try LabThread(name: "ping") {
      defer { done.set() }
      if let core { try CPU.pin(to: core) }
      let stop = StopFlag()
      let host = try HostLink(driver, address: local, udpPort: port, mode: mode)
      let maximum = host.maximumPayload
      if let large = sizes.first(where: { $0 > maximum }) {
        throw EtherFabricError(
          "efvi latency", errno: EMSGSIZE, reason: "\(large) bytes do not fit one frame",
          remedy: "Give --sizes up to \(maximum).")
      }
      var link = try InterfacePing(host, peer: peer, peerPort: port, timeout: .seconds(5), stop: stop)
      box.begin(memory: link.link.port.memoryDescription)
      var history = PingHistory()
      for size in sizes {
        if stop.isSet { break }
        let run = PingRun(size: size, limits: limits, stop: stop, sharesCore: sharesCore, progress: progress)
        box.append(size, try run.run(&link, &history))
      }
      if mode == .ctpio {
        let (cutThrough, fallback) = (link.link.port.cutThrough, link.link.port.fallback)
        box.end(note: "sent: \(cutThrough) by cut-through, \(fallback) by the fallback")
      }
    }
    let screen = ProgressLine()
    var hasBegun = false
    while true {
      let isOver = done.isSetByItself
      if !hasBegun, let memory = box.memory {
        report.begin(comments.lines(memory: memory))
        hasBegun = true
      }
      for (size, outcome) in box.take() {
        screen.clear()
        try report.add(size: size, outcome)
      }
      if isOver { break }
      usleep(20_000)
      guard hasBegun else { continue }
      let size = progress.size.load(ordering: .relaxed)
      screen.show("\(size) bytes: \(progress.iterations.load(ordering: .relaxed)) round trips")
    }
    screen.clear()
    try thread.join()
    if let note = box.note { report.note(note) }
  }
}

/// Outcomes on their way from the thread that measures.
final class ResultQueue: Sendable {
  private let waiting = Mutex<[(size: Int, outcome: PingOutcome)]>([])
  private let memoryText = Mutex<String?>(nil)
  private let noteText = Mutex<String?>(nil)

  /// The link is up and the first size begins.
  func begin(memory: String) { memoryText.withLock { $0 = memory } }

  /// All sizes are done; the note is a line for the report.
  func end(note: String) { noteText.withLock { $0 = note } }

  var note: String? { noteText.withLock { $0 } }

  /// Nil before `begin`.
  var memory: String? { memoryText.withLock { $0 } }

  func append(_ size: Int, _ outcome: PingOutcome) { waiting.withLock { $0.append((size, outcome)) } }

  func take() -> [(size: Int, outcome: PingOutcome)] {
    waiting.withLock { list in
      defer { list = [] }
      return list
    }
  }
}

/// A line on the terminal that is written again and again; nothing where standard error is no terminal.
struct ProgressLine {
  private let isTerminal = isatty(STDERR_FILENO) != 0

  func show(_ text: String) {
    guard isTerminal else { return }
    StandardError.write("\r\u{1b}[K\(text)")
  }

  func clear() { show("") }
}

enum StandardError {
  static func write(_ text: String) {
    _ = Array(text.utf8).withUnsafeBytes { Glibc.write(2, $0.baseAddress, $0.count) }
  }
}

enum StandardOutput {
  /// At once, also into a pipe.
  static func write(_ text: String) {
    print(text, terminator: "")
    fflush(nil)
  }
}
