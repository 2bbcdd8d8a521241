import EmulatedAdapter
import EmulatedWires
import EtherFabric
import EtherFabricEmulator
import Glibc
import NetworkLab
import Synchronization

/// The cable, the switch and the memory that processes share; the peer is a port whose wire the test works by hand.
final class SegmentBench: ConformanceBench {
  let kind: BenchKind
  let driver: Driver
  let adapter: EmulatedAdapter
  let peerMAC = MACAddress(value: 0x0200_0000_000b)
  private let peerDevice: String
  private var peer: EmulatedAdapter?

  private static let serial = Atomic(0)

  init(_ kind: BenchKind, _ options: String) throws {
    self.kind = kind
    let number = Self.serial.wrappingAdd(1, ordering: .relaxed).newValue
    let name = "emu:\(kind.wire.rawValue):conformance\(getpid())-\(number)"
    let mtu = options.contains("mtu=") ? [] : ["mtu=1500"]
    driver = try Driver.open(
      (["\(name)/0"] + mtu + options.split(separator: ",").map(String.init)).joined(separator: ","))
    adapter = Emulator.adapter(of: driver)!
    peerDevice = "\(name)/1"
    try setPeer(up: true)
  }

  func send(_ frame: [UInt8]) -> Bool {
    guard let wire = peer?.wire.operations, let room = wire.transmitReserve(wire.context, frame.count) else {
      return false
    }
    memcpy(room, frame, frame.count)
    let outcome = wire.transmitCommit(wire.context, frame.count)
    _ = wire.transmitFlush(wire.context)
    return outcome == TransmitOutcome.sent.rawValue
  }

  func receive(within timeout: Duration) -> [UInt8]? {
    guard let wire = peer?.wire.operations else { return nil }
    var frame = WireFrame(bytes: wire.context, length: 0)
    guard eventually(timeout, { wire.receiveNext(wire.context, &frame) }) else { return nil }
    defer { wire.receiveRelease(wire.context) }
    return Array(UnsafeRawBufferPointer(start: frame.bytes, count: frame.length))
  }

  func setPeer(up: Bool) throws {
    peer = up ? try Emulator.open(peerDevice) : nil
    // The ends of shared memory have to find each other, each when it is looked at.
    _ = eventually { driver.isLinkUp == up && peer?.isLinkUp ?? !up }
  }

  func setPort(up: Bool) throws { adapter.setLink(up: up) }

  func sendDatagram(_ payload: [UInt8], from source: IPEndpoint, to destination: IPEndpoint) throws {
    _ = send(Frame.udp(to: portMAC, from: peerMAC, source, destination, payload))
  }

  func ping(_ address: HostAddress, count: Int, pump: () throws -> Void) throws -> Int {
    func ask(_ frame: [UInt8], _ isAnswer: ([UInt8]) -> Bool) throws -> Bool {
      _ = send(frame)
      return try eventually {
        try pump()
        return receive(within: .zero).map(isAnswer) ?? false
      }
    }
    let own: [UInt8] = [10, 9, 0, 1]
    let request = [0, 1, 8, 0, 6, 4, 0, 1] + peerMAC.bytes + own + [UInt8](repeating: 0, count: 6) + address.bytes
    let broadcast = Frame.ethernet(to: .broadcast, from: peerMAC, type: 0x0806, request)
    guard try ask(broadcast, { $0[12..<14] == [8, 6] && Array($0[22..<32]) == portMAC.bytes + address.bytes }) else {
      return 0
    }
    var answered = 0
    for sequence in 0..<count {
      var echo: [UInt8] = [8, 0, 0, 0, 0x12, 0x34, 0, UInt8(sequence)] + (0..<56).map { UInt8($0) }
      echo.replaceSubrange(2..<4, with: (~Frame.sum(echo)).wire)
      let packet = Frame.ip(IPAddress(bytes: own)!, IPAddress(bytes: address.bytes)!, protocol: 1, echo)
      let frame = Frame.ethernet(to: portMAC, from: peerMAC, type: 0x0800, packet)
      let isAnswer = { (reply: [UInt8]) in
        reply[34] == 0 && Array(reply[38...]) == Array(frame[38...]) && Frame.sum(Array(reply[34...])) == 0xffff
          && Array(reply[26..<34]) == address.bytes + own
      }
      if try ask(frame, isAnswer) { answered += 1 }
    }
    return answered
  }
}
