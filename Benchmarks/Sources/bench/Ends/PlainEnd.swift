import CBaseline
import Glibc
import NetworkLab

/// An end in plain C, closed with its last reference.
final class PlainEnd: @unchecked Sendable {
  enum Kind: Sendable {
    case packet(String)
    case pcap(String)
    case xdp(String, generic: Bool)
    case udp(local: HostAddress, peer: HostAddress, blocks: Bool)
  }

  let end: OpaquePointer

  init(_ kind: Kind) throws {
    errno = 0
    let opened =
      switch kind {
      case .packet(let interface): baseline_packet_open(interface)
      case .pcap(let interface): baseline_pcap_open(interface)
      case .xdp(let interface, let generic): baseline_xdp_open(interface, generic)
      case .udp(let local, let peer, let blocks): baseline_udp_open(local.value, peer.value, 9000, blocks)
      }
    guard let opened else { throw BenchmarkError(reason: "no \(kind): \(String(cString: strerror(errno)))") }
    end = opened
  }

  deinit { baseline_end_close(end) }

  /// Halves of round trips in nanoseconds.
  func measure(_ frame: UnsafeMutablePointer<UInt8>, _ length: Int, trips: Int, from first: UInt32) throws -> [Double] {
    var taken = [UInt64](repeating: 0, count: trips)
    guard baseline_end_measure(end, frame, UInt32(length), first, &taken, UInt32(trips)) else {
      throw BenchmarkError(reason: "no echo for a second")
    }
    return taken.map { Double($0) / 2 }
  }

  func send(_ frame: UnsafePointer<UInt8>, _ length: Int, burst: Int, rate: Int = 0, until stop: Flag) -> Int {
    Int(baseline_end_send(end, frame, UInt32(length), UInt32(burst), UInt64(rate), stop.pointer))
  }

  func receive(until stop: Flag) -> Int { Int(baseline_end_receive(end, stop.pointer)) }
}

/// A thread that returns what arrives at an end, pinned to a core of its own.
struct EchoThread {
  private let flag = Flag()
  private let thread: LabThread<Void>

  init(_ end: PlainEnd, core: Int) throws {
    let flag = flag
    thread = try LabThread(name: "echo", core: core) { baseline_end_echo(end.end, flag.pointer) }
  }

  func stop() {
    flag.set()
    _ = try? thread.join()
    flag.free()
  }
}

/// A thread that sends as many frames as it can, or as many as it is to.
struct Generator {
  /// What it sent, and in what time.
  struct Outcome {
    var sent: Int
    var seconds: Double
    var rate: Double { Double(sent) / seconds }
  }

  private let flag = Flag()
  private let thread: LabThread<(Int, UInt64)>
  private let timer: Timer

  /// - Parameter burst: Frames between which there is no pause, where there are more than in one call.
  init(_ end: PlainEnd, length: Int, burst: Int = 0, rate: Int = 0, seconds: Double, core: Int) throws {
    let flag = flag
    thread = try LabThread(name: "generator", core: core) {
      let frame = Frame(length: length, destination: Frame.nobody, source: Frame.nobody)
      defer { frame.free() }
      let start = baseline_now()
      let sent = end.send(frame.bytes, length, burst: max(burst, rate == 0 ? 32 : 4), rate: rate, until: flag)
      return (sent, baseline_now() - start)
    }
    timer = try Timer(seconds, flag)
  }

  /// Waits for its end.
  func join() throws -> Outcome {
    timer.join()
    let (sent, nanoseconds) = try thread.join()
    flag.free()
    return Outcome(sent: sent, seconds: Double(nanoseconds) / 1e9)
  }
}
