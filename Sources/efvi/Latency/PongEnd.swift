import EtherFabric
import EtherFabricFrames
import Glibc
import NetworkLab

/// The end that sends datagrams back, on a thread of its own.
final class PongEnd {
  private let driver: Driver
  private let address: IPv4Address
  private let udpPort: UInt16
  private let core: Int?
  private let sharesCore: Bool
  private let mode: SendMode
  private let stop = StopFlag()
  private let ended = StopFlag()
  private var thread: LabThread<Int>?

  init(_ driver: Driver, address: IPv4Address, udpPort: UInt16, core: Int?, sharesCore: Bool, mode: SendMode) {
    self.driver = driver
    self.address = address
    self.udpPort = udpPort
    self.core = core
    self.sharesCore = sharesCore
    self.mode = mode
  }

  deinit { stop.set() }

  var hasEnded: Bool { ended.isSet }

  /// Returns when the end answers.
  func start() throws {
    let ready = StopFlag()
    let (driver, address, udpPort, core, sharesCore) = (driver, address, udpPort, core, sharesCore)
    let (stop, ended, mode) = (stop, ended, mode)
    let thread = try LabThread(name: "pong") {
      defer {
        ended.set()
        ready.set()
      }
      if let core { try CPU.pin(to: core) }
      var link = try HostLink(driver, address: address, udpPort: udpPort, mode: mode)
      ready.set()
      return try link.echo(until: stop, sharesCore: sharesCore)
    }
    self.thread = thread
    while !ready.isSet { usleep(200) }
    if ended.isSet, !Interrupt.happened { _ = try finish() }
  }

  /// Stops it. Returns how many datagrams went back.
  func finish() throws -> Int {
    stop.set()
    return try thread.take()?.join() ?? 0
  }
}
