import EtherFabric
import EtherFabricFrames
import Glibc
import NetworkLab

/// How a ping-pong sends and receives one datagram. Spins; allocates nothing.
protocol PingLink: ~Copyable {
  /// Where the payload of the next datagram is written, and stays until the one after it.
  var payload: UnsafeMutableRawPointer { mutating get throws }
  /// Does what can be done before the first `count` bytes at `payload` are to go out.
  mutating func prepare(_ count: Int) throws
  /// Sends the first `count` bytes at `payload`, which have been prepared.
  mutating func send(_ count: Int) throws
  /// The payload of a datagram that has come, valid until `release`; nil where none has.
  mutating func poll() throws -> UnsafeRawBufferPointer?
  mutating func release()
}

/// The same over a virtual interface.
struct InterfacePing: PingLink, ~Copyable {
  var link: HostLink
  private let flow: UDPFlow
  private var held: RequestID?

  /// Finds the peer by ARP.
  init(_ link: consuming HostLink, peer: IPv4Address, peerPort: UInt16, timeout: Duration, stop: StopFlag) throws {
    let peerMAC = try link.resolve(peer, timeout: timeout, stop: stop)
    flow = UDPFlow(
      from: link.mac, link.address, port: link.udpPort, to: peerMAC, peer, port: peerPort)
    self.link = link
  }

  var payload: UnsafeMutableRawPointer {
    mutating get throws {
      while true {
        if let slot = link.port.transmitSlot() { return slot.baseAddress! + flow.payloadOffset }
        if let frame = try link.next() { link.port.recycle(frame.id) }
      }
    }
  }

  mutating func prepare(_ count: Int) throws {
    let mode = link.port.mode
    guard mode == .pio || mode == .alternatives else { return }
    let start = try payload - flow.payloadOffset
    try link.port.load(flow.write(payloadLength: count, into: start))
  }

  mutating func send(_ count: Int) throws {
    switch link.port.mode {
    case .pio, .alternatives: try link.port.launch(flow.payloadOffset + count)
    case .dma:
      let start = try payload - flow.payloadOffset
      try link.port.launch(flow.write(payloadLength: count, into: start))
    case .ctpio:
      let start = try payload - flow.payloadOffset
      let length = flow.write(payloadLength: count, into: start)
      // Cut-through goes past the offloads.
      flow.fillChecksum(payloadLength: count, in: start)
      try link.port.launch(length)
    }
  }

  mutating func poll() throws -> UnsafeRawBufferPointer? {
    guard let frame = try link.next() else { return nil }
    held = frame.id
    // By UDP's own length: short frames are padded. A length that lies must not lead out of the frame.
    let length = Int(UInt16(bigEndian: frame.bytes.loadUnaligned(fromByteOffset: 38, as: UInt16.self))) - 8
    let rest = frame.bytes.count - flow.payloadOffset
    return UnsafeRawBufferPointer(rebasing: frame.bytes[flow.payloadOffset...].prefix(max(0, min(length, rest))))
  }

  mutating func release() {
    if let id = held.take() { link.port.recycle(id) }
  }
}

/// The same over a socket of the kernel.
struct KernelPingLink: PingLink, ~Copyable {
  private let socket: KernelUDPSocket
  private let output: UnsafeMutableRawBufferPointer
  private let input: UnsafeMutableRawBufferPointer

  init(_ socket: KernelUDPSocket) {
    self.socket = socket
    output = .allocate(byteCount: 65536, alignment: 64)
    input = .allocate(byteCount: 65536, alignment: 64)
  }

  deinit {
    output.deallocate()
    input.deallocate()
  }

  var payload: UnsafeMutableRawPointer { output.baseAddress! }

  mutating func prepare(_ count: Int) {}

  mutating func send(_ count: Int) throws {
    guard socket.send(UnsafeRawBufferPointer(output)[..<count].rebased) else {
      throw EtherFabricError(
        "KernelUDPSocket.send", errno: errno, reason: "the kernel did not take \(count) bytes",
        remedy: "Check that the peer has a socket.")
    }
  }

  mutating func poll() throws -> UnsafeRawBufferPointer? {
    let length = socket.poll(into: input)
    return length < 0 ? nil : UnsafeRawBufferPointer(input)[..<length].rebased
  }

  mutating func release() {}

  /// Sends every datagram back until `stop`, and returns how many.
  static func echo(_ socket: KernelUDPSocket, until stop: StopFlag, sharesCore: Bool) -> Int {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65536, alignment: 64)
    defer { buffer.deallocate() }
    var spinner = Spinner(sharesCore: sharesCore)
    var count = 0
    while !stop.isSet {
      let length = socket.poll(into: buffer)
      guard length >= 0 else {
        spinner.spin()
        continue
      }
      if socket.send(UnsafeRawBufferPointer(buffer)[..<length].rebased) { count += 1 }
    }
    return count
  }
}

extension Slice<UnsafeRawBufferPointer> {
  var rebased: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: self) }
}
